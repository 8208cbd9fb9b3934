"""The reference of all keys is made of the sections, says all of each, and is not stale."""

import json

import pytest
from reading import INSTALLED, ROOT

from myopinn.config.reference import json_schema, reference_files

SCHEMA = json_schema(INSTALLED)
UNITS = {
    **{"m": "m", "s": "s", "n": "N", "n_m": "N.m", "hz": "Hz", "v": "V", "kg": "kg"},
    **{"mm": "mm", "m_s": "m/s"},
}


def _sections(value, path=""):
    if isinstance(value, dict):
        if "properties" in value:
            yield path, value
        for name, part in value.items():
            yield from _sections(part, f"{path}/{name}")
    for position, part in enumerate(value if isinstance(value, list) else ()):
        yield from _sections(part, f"{path}/{position}")


KEYS = [
    (path, name, key)
    for path, section in _sections(SCHEMA)
    for name, key in section["properties"].items()
]


@pytest.mark.parametrize("file", reference_files(ROOT / "docs", INSTALLED), ids=lambda f: f.name)
def test_the_reference_is_not_stale(file):
    text = reference_files(ROOT / "docs", INSTALLED)[file]
    assert file.read_text(encoding="utf-8") == text, "run `make docs`"


def test_every_key_has_a_meaning():
    assert len(KEYS) > 300
    assert [(path, name) for path, name, key in KEYS if not key.get("description")] == []


def test_every_section_is_closed():
    wrong = [
        path
        for path, section in _sections(SCHEMA)
        if section.get("additionalProperties") is not False
    ]
    assert wrong in ([], [""])


def test_a_key_says_the_unit_that_its_name_ends_in():
    wrong = []
    for path, name, key in KEYS:
        for end in sorted(UNITS, key=len, reverse=True):
            if name.endswith(f"_{end}"):
                if key.get("unit") != UNITS[end]:
                    wrong.append((path, name, key.get("unit")))
                break
    assert wrong == []


def test_numbers_have_limits_where_a_section_declares_them():
    free = {
        name
        for path, name, key in KEYS
        if key.get("type") in ("number", "integer")
        and not {"minimum", "exclusiveMinimum"} & set(key)
    }
    # Of variants, whose Settings say themselves what is too little.
    assert free <= {
        *("effort_weight", "variance_share", "moment_weight", "deviation_weight"),
        *("parameter_weight", "deviation_spread"),
    }


def test_the_editors_schema_lets_a_study_say_only_what_is_its_own():
    text = reference_files(ROOT / "docs", INSTALLED)[ROOT / "docs/configuration.schema.json"]
    schema = json.loads(text)
    assert not any("required" in section for _, section in _sections(schema))
    assert {"extends", "without", "recordings"} <= set(schema["properties"])
    entry = schema["$defs"]["Entry"]["properties"]
    assert {"like", "kernel_frames", "window_frames", "training"} <= set(entry)
    assert "cnn" in entry["variant"]["enum"] and "nmm" not in entry["variant"]["enum"]


def test_the_page_holds_every_default_that_a_function_had_to_itself():
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    for name, default in {
        "band_hz": "`[20.0, 450.0]`",
        "lowpass_hz": "`6.0`",
        "min_visible": "`0.5`",
        "body_size_m": "`[0.1, 3.0]`",
        "timeout_s": "`600.0`",
        "max_dropped_share": "`0.02`",
        "other_reserve_n_m": "`1000.0`",
        "activation_exponent": "`2.0`",
        "mesh_interval_s": "`0.02`",
        "time_window_s": "`0.01`",
        "integrator_accuracy": "`1e-05`",
        "tracking_stiffness": "`100.0`",
        "tracking_damping": "`20.0`",
        "max_jump_m": "`0.0`",
        "window_s": "`0.25`",
    }.items():
        rows = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        assert any(f"| {default} |" in row for row in rows), name
