"""What docs/how_to_add.md adds, read off the page, so that page and tests cannot drift apart."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs/how_to_add.md"


@dataclass(frozen=True)
class Example:
    """A block of code.

    Attributes
    ----------
    language : str
        ``python`` is a whole file, ``diff`` a change of one.
    file : str
        Its path in the project; empty where it is of another one.
    text : str
    """

    language: str
    file: str
    text: str

    def apply(self, project: Path) -> None:
        """Write the file, or change it where the lines around the change stand."""
        place = project / self.file
        if self.language == "python":
            assert not place.exists()
            place.write_text(self.text)
            return
        content = place.read_text()
        for hunk in self.text.partition("\n")[2].split("@@\n"):
            lines = hunk.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] in " -")
            assert content.count(before) == 1, f"{self.file} has no place for:\n{hunk}"
            content = content.replace(before, "".join(line[1:] for line in lines if line[0] != "-"))
        place.write_text(content)


def examples(kind: str) -> list[Example]:
    """Give the blocks of a section of the page, such as ``variant``."""
    section = re.split(rf"^## An? {kind}.*\n", PAGE.read_text(), flags=re.M)[1].split("\n## ")[0]
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", section, flags=re.M | re.S)
    named = [(re.match(r"(?:#|\+\+\+) (\S+)\n", text), language, text) for language, text in blocks]
    return [Example(language, file[1] if file else "", text) for file, language, text in named]
