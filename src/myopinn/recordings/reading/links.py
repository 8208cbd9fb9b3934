"""Files of a user's own, which stay where they are."""

from __future__ import annotations

import shutil
from pathlib import Path


def link_file(original: Path, link: Path) -> None:
    """Link a file from another place, or copy it where a file system has no links."""
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        link.symlink_to(original)
    except OSError:
        shutil.copyfile(original, link)
