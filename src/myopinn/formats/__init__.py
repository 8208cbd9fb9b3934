"""Formats of files that are not this project's own, and how any file is written whole."""
