"""What every kind of file of the flow holds: one module for each kind."""
