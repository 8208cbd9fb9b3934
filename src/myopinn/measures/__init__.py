"""Numbers about answers: errors, intervals, tests."""
