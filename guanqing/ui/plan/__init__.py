"""What is entered about the plan: notes, owners, reports on milestones."""
