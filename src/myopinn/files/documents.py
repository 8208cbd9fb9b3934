"""Small documents as JSON, each held to a layout that names its keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myopinn.formats.whole import ArtifactError, reading, whole_file


@dataclass(frozen=True)
class Document:
    """The keys that a document must have; of each what it means.

    Attributes
    ----------
    name : str
        What the document is, for messages and the docs.
    keys : mapping of str to str
    """

    name: str
    keys: Mapping[str, str]

    def check(self, content: Mapping[str, Any], path: Path | str = "") -> None:
        """Hold a document to this layout.

        Raises
        ------
        ArtifactError
            Naming the keys that are missing and those that nobody knows.
        """
        where = f"{path}: {self.name}" if path else self.name
        missing = [key for key in self.keys if key not in content]
        strange = [str(key) for key in content if key not in self.keys]
        for what, names in (("misses the keys", missing), ("has the unknown keys", strange)):
            if names:
                raise ArtifactError(f"{where} {what} {', '.join(names)}.")

    def write(self, content: Mapping[str, Any], path: Path | str) -> None:
        """Write a document after holding it to this layout."""
        self.check(content)
        with whole_file(path) as temporary:
            temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    def read(self, path: Path | str) -> dict[str, Any]:
        """Read a document.

        Raises
        ------
        ArtifactError
            Where the file cannot be read, or does not hold what the layout says.
        """
        with reading(path):
            content: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
        self.check(content, path)
        return content
