"""What the analysis recovered against what happened: the only room that opens the truth."""
