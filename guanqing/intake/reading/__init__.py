"""Read lines of text: which source of a layout they are, and their fields as typed rows."""
