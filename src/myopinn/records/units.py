"""Units that rooms have to agree on."""

from __future__ import annotations

# An envelope that came as a share of the person's largest one has no unit.
SHARE_OF_MAXIMUM = "1"
