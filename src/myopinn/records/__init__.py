"""What is known of trials: what a laboratory lists, and what became of each."""
