"""Networks that go through a cycle."""
