"""Where in a rhythm a movement is, told from its past alone, and what is usual there."""
