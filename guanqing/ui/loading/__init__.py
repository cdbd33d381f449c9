"""Files in, looked at, loaded and accounted for; the libraries that are kept."""
