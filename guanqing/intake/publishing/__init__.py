"""Make a library of the records, and serve it as a new generation."""
