"""Keeping a library: backups, what was restored from them, and whether everything is whole."""
