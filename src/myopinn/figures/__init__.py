"""One figure per file, and the report."""
