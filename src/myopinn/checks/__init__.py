"""What any input of a user is held to: names, masses, encodings, spelling."""
