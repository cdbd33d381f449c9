"""What pages are made of: figures as panels and cards, and the blocks they are drawn with."""
