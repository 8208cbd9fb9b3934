"""Regressions that are solved, not trained."""
