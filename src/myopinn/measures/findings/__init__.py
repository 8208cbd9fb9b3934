"""What a study claims, one row per claim: compared with what, by how much, how sure, and why."""
