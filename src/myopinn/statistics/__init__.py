"""Errors per person and the comparison of variants."""
