"""Physics as terms of a loss."""
