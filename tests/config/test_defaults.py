"""No default of a key hides in a function: what one falls back on is the key's default."""

import ast
import importlib

import pytest
from reading import INSTALLED, ROOT

from myopinn.config.reference import json_schema

ROOMS = ("signals", "opensim", "dataset", "statistics", "steps", "figures", "evaluation")


def _defaults(value):
    """Every default of every key, by name; one name may have several."""
    found = {}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        for name, defaults in _defaults(part).items():
            found.setdefault(name, []).extend(defaults)
    for name, key in value.get("properties", {}).items() if isinstance(value, dict) else ():
        if isinstance(key, dict) and "default" in key:
            found.setdefault(name, []).append(key["default"])
    return found


KEYS = _defaults(json_schema(INSTALLED))


def _fallbacks():
    """Every ``settings.get(key, fallback)`` of a key with a default, and the fallback's value.

    An empty fallback or a dash says that nothing is there, and decides nothing.
    """
    for room in ROOMS:
        for file in sorted((ROOT / "src/myopinn" / room).glob("*.py")):
            module = None
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                if not (called and node.func.attr == "get" and len(node.args) == 2):
                    continue
                name, fallback = node.args
                if not isinstance(name, ast.Constant) or name.value not in KEYS:
                    continue
                if isinstance(fallback, ast.Name):
                    module = module or importlib.import_module(f"myopinn.{room}.{file.stem}")
                    value = getattr(module, fallback.id)
                else:
                    value = ast.literal_eval(fallback)
                if value in ((), [], {}, "", "–"):
                    continue
                yield f"{room}/{file.name}", name.value, value


@pytest.mark.parametrize(("file", "key", "value"), _fallbacks())
def test_what_a_function_falls_back_on_is_the_default_of_its_key(file, key, value):
    plain = list(value) if isinstance(value, tuple) else value
    assert any(plain == default for default in KEYS[key]), (file, key, value, KEYS[key])
