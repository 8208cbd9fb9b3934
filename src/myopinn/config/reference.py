"""The reference of all keys, made of the sections: a JSON schema for editors, a page to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from myopinn.config.fields import SEE, Section
from myopinn.config.muscle_forces import SOLVERS
from myopinn.config.plug_ins import PlugIns
from myopinn.config.recordings import GivenRecording, RawRecording
from myopinn.config.settings import settings_section
from myopinn.config.study import Study
from myopinn.config.task_entries import Ceiling, DeepEntry, Entry
from myopinn.config.training import TrainingSettings

_LAYERS = {
    "extends": {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "Another configuration or several, as paths from this file's folder, over "
        "which what this file says is laid: mappings key by key, all else as a whole",
    },
    "without": {
        "description": "What is taken away from the configuration that this one extends, by the "
        "names on the way to it"
    },
}
_LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}
_TYPES = {
    "number": "number",
    "integer": "whole number",
    "string": "text",
    "boolean": "true or false",
    "null": "null",
    "object": "keys with values",
}


SCHEMA, PAGE = "configuration.schema.json", "configuration.md"
# What stands before it in the page is written by hand.
BEGIN = "<!-- From here on made by `make docs`. -->"


def reference_files(folder: Path | str, plug_ins: PlugIns) -> dict[Path, str]:
    """Give the files of the reference, with what should stand in them."""
    page = Path(folder, PAGE)
    by_hand = page.read_text(encoding="utf-8").partition(BEGIN)[0]
    return {
        Path(folder, SCHEMA): editor_schema(plug_ins),
        page: f"{by_hand}{BEGIN}\n\n{reference_page(plug_ins)}",
    }


def json_schema(plug_ins: PlugIns) -> dict[str, Any]:
    """Make the JSON schema of all keys, those of laboratories and variants included.

    Keys that are needed are marked by ``required``.
    """
    schema = _schema(Study)
    defs: dict[str, Any] = schema["$defs"]
    kinds: tuple[type[Section], ...] = (RawRecording, GivenRecording, *SOLVERS.values())
    for kind in kinds:
        own = _schema(kind)
        defs |= own.pop("$defs", {})
        defs[kind.__name__] = own
    defs["Laboratory"] = {
        "anyOf": [
            _of_settings(plug_ins.laboratory(name).settings, name, "name")
            for name in plug_ins.laboratories()
        ]
    }
    # Sections inside of a laboratory's settings stand beside it.
    for one in defs["Laboratory"]["anyOf"]:
        defs |= one.pop("$defs", {})
    defs["Training"] = _schema(settings_section(TrainingSettings))
    replaced = dict(defs["Training"]["properties"])
    del replaced["accelerator"]
    defs["ReplacedTraining"] = {
        "type": "object",
        "description": "Keys of the task's training that are replaced.",
        "additionalProperties": False,
        "properties": replaced,
    }
    for base in (Entry, DeepEntry, Ceiling):
        defs[base.__name__] = {
            "anyOf": [
                _of_settings(plug_ins.variant_settings(name, base.task), name, "variant", base)
                for name in plug_ins.variants(base.task)
            ]
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "properties": {**_LAYERS, **schema["properties"]},
    }


def editor_schema(plug_ins: PlugIns) -> str:
    """Write the JSON schema for editors, which complete and check a study as it is typed.

    Nothing is required in it: a study that extends another says only what is its own. An entry may
    have the keys of any variant, as an editor cannot tell which one its name stands for.
    """
    schema = json_schema(plug_ins)
    for name in (base.__name__ for base in (Entry, DeepEntry, Ceiling)):
        merged: dict[str, Any] = {}
        for variant in schema["$defs"][name]["anyOf"]:
            merged |= {k: v for k, v in variant["properties"].items() if k not in merged}
        merged["variant"] = {
            **merged["variant"],
            "enum": [v["properties"]["variant"]["const"] for v in schema["$defs"][name]["anyOf"]],
        }
        del merged["variant"]["const"]
        schema["$defs"][name] = {
            "type": "object",
            "additionalProperties": False,
            "properties": merged,
        }
    return json.dumps(_without_required(schema), indent=1, ensure_ascii=False) + "\n"


def reference_page(plug_ins: PlugIns) -> str:
    """Write the page: each section with its keys: type, default, unit, limits and meaning."""
    schema = json_schema(plug_ins)
    defs = schema["$defs"]
    # Entries are alike but for their variants' settings, which follow once for each variant.
    variants = {v["title"]: v for b in (Entry, DeepEntry) for v in defs[b.__name__]["anyOf"]}
    for base in (Entry, DeepEntry, Ceiling):
        defs[base.__name__] = _schema(base)
    lines = []
    for heading, section in _sections("", schema, defs, []):
        lines += _table(heading, section, defs)
    shared = Ceiling.by_key()
    for name, variant in sorted(variants.items()):
        own = {k: v for k, v in variant["properties"].items() if k not in shared}
        lines += _table(f"Variant `{name}`", {**variant, "properties": own}, defs)
    return "\n".join(lines).strip() + "\n"


def _table(heading: str, section: Mapping[str, Any], defs: Mapping[str, Any]) -> list[str]:
    """Write a section: its heading, what it is, and a row for each key."""
    about = section.get("description", "").partition("\n\n")[0].replace("\n", " ")
    lines = ["", f"### {heading}", *(["", about] if about else [])]
    if not section["properties"]:
        return lines
    lines += ["", "| key | value | default | meaning |", "|---|---|---|---|"]
    needed = section.get("required", ())
    for name, key in section["properties"].items():
        default = "**needed**" if name in needed else _default(key)
        cells = [f"`{name}`", _value(key, defs), default, key.get("description", "")]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _schema(section: type[Section]) -> dict[str, Any]:
    return _tidy(section.model_json_schema())


def _of_settings(kind: type, name: str, key: str, base: type[Section] = Section) -> dict[str, Any]:
    """Give the schema of settings; one of their keys holds whose they are."""
    schema = _schema(settings_section(kind, base))
    fixed = {**schema["properties"][key], "const": name}
    fixed.pop("default", None)
    first = {key: fixed}
    return {**schema, "title": name, "properties": first | schema["properties"] | first}


def _tidy(value: Any) -> Any:
    """Leave out titles that only repeat a name, and defaults that say that nothing is there."""
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "default" in value and value["default"] is None and not _is_nullable(value):
        value = {k: v for k, v in value.items() if k != "default"}
    if SEE in value:
        value = {**value, "$ref": f"#/$defs/{value[SEE]}"}
    return {
        k: _tidy(v)
        for k, v in value.items()
        if k != SEE and (k != "title" or not isinstance(v, str))
    }


def _is_nullable(key: Mapping[str, Any]) -> bool:
    return any(part.get("type") == "null" for part in key.get("anyOf", ()))


def _without_required(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: _without_required(v)
            for k, v in value.items()
            if k != "required" or not isinstance(v, list)
        }
    return [_without_required(item) for item in value] if isinstance(value, list) else value


def _sections(
    path: str, section: Mapping[str, Any], defs: Mapping[str, Any], seen: list[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give heading and keys of every section, each before those inside of it, once."""
    kind = section.get("x-kind", "") or section.get("title", "")
    yield (f"`{path}`" if path else "The whole file") + (f": {kind}" if kind else ""), section
    for name, key in section["properties"].items():
        for inner, at in _parts(key, f"{path}.{name}" if path else name):
            if inner in seen:
                continue
            seen.append(inner)
            for one in defs[inner].get("anyOf", (defs[inner],)):
                yield from _sections(at, one, defs, seen)


def _parts(key: Mapping[str, Any], here: str) -> Iterator[tuple[str, str]]:
    """Name the sections that a key holds, with their paths."""
    if "$ref" in key:
        yield key["$ref"].rpartition("/")[2], here
    for part in key.get("anyOf", ()):
        yield from _parts(part, here)
    if isinstance(key.get("additionalProperties"), dict):
        yield from _parts(key["additionalProperties"], f"{here}.<name>")
    if isinstance(key.get("items"), dict):
        yield from _parts(key["items"], f"{here}[]")


def _value(key: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """Say what a key may be, with unit and limits."""
    bounded = [key, *(part for part in key.get("anyOf", ()) if part.get("type") != "null")]
    limits = [
        f"{word} {part[limit]:.12g}"
        for part in bounded
        for limit, word in _LIMITS.items()
        if limit in part
    ]
    unit = f", {key['unit']}" if key.get("unit") else ""
    return _type(key, defs) + unit + (f", {' and '.join(limits)}" if limits else "")


def _type(key: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    held = key.get("additionalProperties")
    if "const" in key or "enum" in key:
        return " or ".join(f"`{value}`" for value in key.get("enum", [key.get("const")]))
    if "anyOf" in key:
        return " or ".join(dict.fromkeys(_type(part, defs) for part in key["anyOf"]))
    if "$ref" in key:
        return "keys, see below"
    if key.get("type") == "array":
        count = key.get("maxItems")
        length = f"{count}: " if count is not None and count == key.get("minItems") else ""
        return f"list of {length}{_value(key.get('items', {}), defs)}"
    if isinstance(held, dict):
        return f"by name: {_value(held, defs)}"
    return _TYPES.get(str(key.get("type")), "")


def _default(key: Mapping[str, Any]) -> str:
    value = key.get("default", "")
    if value == "" or (isinstance(value, dict) and value):
        return ""
    return f"`{json.dumps(value, ensure_ascii=False)}`"
