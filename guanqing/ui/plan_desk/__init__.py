"""The desk of the plan: made line by line or pasted, checked, saved with its history."""
