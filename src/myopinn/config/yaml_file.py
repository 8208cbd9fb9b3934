"""Reading a configuration file as values alone: nothing in it is evaluated, and all has its line.

Snakemake's own reading evaluates expressions where the file asks for it, before anybody could look
at them; so the workflow reads the file with this module instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from myopinn.errors import ConfigError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HINTS = {
    "cannot start any token": "indent with spaces, not with tabs, and put a text that begins with "
    "@, ` or % in quotes.",
    "single document": "a study is one document: delete the lines '---' inside of the file.",
    "constructor": "a configuration holds plain values: delete the tag, the word that begins with "
    "'!'.",
    "alias": "write the value out, or set the anchor '&...' before the alias '*...'. Where the "
    "anchor stands in another file, write 'like: ...' in an entry instead.",
}
# Numbers as people write them; YAML knows others, such as 017 (15), 1_000 and 1:30 (90).
_NUMBER = re.compile(
    r"[-+]?(0|[1-9]\d*|(\d+\.\d*|\.\d+)([eE][-+]?\d+)?|\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"
)


class Place(NamedTuple):
    """Where a key or an item of a list stands."""

    file: Path
    line: int


Places = dict[tuple[Any, ...], Place]


def load_yaml(path: Path | str) -> tuple[dict[str, Any], Places]:
    """Read a configuration file with nothing but YAML's plain values.

    Returns
    -------
    dict
        Its content, not yet held to anything.
    dict
        The place of each key and item, by its path.

    Raises
    ------
    ConfigError
        Where there is no such file, it is not YAML in UTF-8, a key is given twice, a number is
        written as nobody reads it, or it asks for expressions to be evaluated; names file, line and
        remedy.
    """
    path = Path(path)
    loader = _Loader(_text(path))
    try:
        root = loader.get_single_node()
        _raise(path, _odd_nodes(root))
        content = None if root is None else loader.construct_document(root)
        places = dict(_places(loader, root, path))
    except yaml.YAMLError as error:
        raise ConfigError(_told(path, error)) from None
    except ValueError as error:
        # Of a date or a tagged number that is none.
        raise ConfigError(
            f"{path} holds a value that YAML cannot read ({error}). Remedy: put it in quotes."
        ) from None
    finally:
        loader.dispose()
    if not isinstance(content, dict):
        found = "is empty" if content is None else "does not consist of keys with values"
        raise ConfigError(f"{path} {found}. Remedy: start from the config.yaml of a study.")
    return content, places


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read as seen from {Path.cwd()} ({error.strerror}). Remedy: run "
            "`make reproduce STUDY=...` with the folder of a study, or snakemake with --directory."
        ) from None
    try:
        # UTF-16 without a byte-order mark is UTF-8 with a zero beside every letter.
        if (zero := raw.find(b"\0")) >= 0:
            raise UnicodeDecodeError("utf-8", raw, zero, zero + 1, "a zero byte")
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"{path}, line {line}: this is not text in UTF-8. Remedy: save the file as UTF-8."
        ) from None


def _odd_nodes(
    node: yaml.Node | None, above: tuple[yaml.Node, ...] = ()
) -> Iterator[tuple[int, str]]:
    """Find in YAML's tree what its values would not show any more, with the line."""
    if node in above:
        assert node is not None
        yield node.start_mark.line, "a value contains itself. Remedy: write it out."
        return
    if isinstance(node, yaml.ScalarNode):
        number = node.tag in {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
        if number and node.style is None and not _NUMBER.fullmatch(node.value):
            yield (
                node.start_mark.line,
                f"YAML does not read {node.value} as it looks. Remedy: write a number with decimal "
                "digits alone and without zeros before them, or put a text in quotes.",
            )
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _odd_nodes(item, (*above, node))
    elif isinstance(node, yaml.MappingNode):
        first: dict[tuple[str, str], yaml.Node] = {}
        for key, value in node.value:
            line, name = key.start_mark.line, str(key.value)
            before = first.setdefault((key.tag, name), key)
            if isinstance(key, yaml.ScalarNode) and before is not key:
                yield (
                    line,
                    f"the key '{name}' is given a second time, first in line "
                    f"{before.start_mark.line + 1}. "
                    "Remedy: keep one of them.",
                )
            if not above and name.startswith("__"):
                yield (
                    line,
                    f"'{name}' asks for expressions to be evaluated, but a configuration holds "
                    "values alone. Remedy: delete the key and write out what it computes.",
                )
            yield from _odd_nodes(value, (*above, node))


def _places(
    loader: Any, node: yaml.Node | None, file: Path, above: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], Place]]:
    """Give the place of every key and item; what is merged in stands where it is written."""
    parts: list[tuple[Any, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.SequenceNode):
        parts = [(position, item, item) for position, item in enumerate(node.value)]
    elif isinstance(node, yaml.MappingNode):
        parts = [(loader.construct_object(key, deep=True), key, item) for key, item in node.value]
    for name, start, item in parts:
        yield (*above, name), Place(file, start.start_mark.line + 1)
        yield from _places(loader, item, file, (*above, name))


def _raise(path: Path, found: Iterator[tuple[int, str]]) -> None:
    lines = [f"{path}, line {line + 1}: {text}" for line, text in found]
    if lines:
        raise ConfigError("\n".join(lines))


def _told(path: Path, error: yaml.YAMLError) -> str:
    """Put what the parser says into a line with its place and a remedy."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = f"{path}, line {mark.line + 1}" if mark else str(path)
    said = " ".join(
        str(part)
        for part in (getattr(error, "context", None), getattr(error, "problem", None))
        if part
    )
    said = said or "the file holds characters that are no text"
    remedy = next(
        (hint for sign, hint in _HINTS.items() if sign in said),
        "write 'key: value' with two spaces before it for each level, and close every bracket and "
        "quote.",
    )
    return f"{where}: this is not YAML: {said}. Remedy: {remedy}"
