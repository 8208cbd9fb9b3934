"""What a joint's muscles are: their paths, moment arms and states."""
