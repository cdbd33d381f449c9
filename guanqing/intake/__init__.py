"""From source files to a library: the only writer of DuckDB."""
