"""Registers typed in by hand: their rows, forms, pasted tables and history."""
