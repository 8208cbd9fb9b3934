"""What was meant by a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def meant(name: object, offered: Iterable[object]) -> str:
    """Ask about the nearest of the names that exist, with a space before; empty if none is near."""
    close = difflib.get_close_matches(str(name), sorted(str(o) for o in offered), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""


def some(names: Iterable[object], at_most: int = 12) -> str:
    """List names in order, the first few where there are many."""
    listed = sorted(str(name) for name in names)
    more = f" and {len(listed) - at_most} more" if len(listed) > at_most else ""
    return ", ".join(listed[:at_most]) + more
