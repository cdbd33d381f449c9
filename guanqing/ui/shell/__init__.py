"""The frame around every page: window, menu, filters, the library opened, the reader of the session."""
