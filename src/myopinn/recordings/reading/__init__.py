"""What laboratories share in getting and reading what others recorded."""
