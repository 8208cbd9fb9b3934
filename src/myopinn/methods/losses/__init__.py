"""What a fit makes small."""
