"""The frame around every page: window, menu, filters, library, and who reads it."""
