"""Calls of libraries that may crash or hang, in processes of their own."""
