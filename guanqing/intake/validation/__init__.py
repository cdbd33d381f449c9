"""Say of each line what keeps it out, what repairs it, and what is only noted."""
