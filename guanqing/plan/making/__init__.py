"""A plan as people make it: in cells of a worksheet or a form, checked, and saved whole."""
