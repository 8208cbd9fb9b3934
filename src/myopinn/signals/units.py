"""Units as laboratories write them into C3D files, in SI."""

from __future__ import annotations

LENGTH_M = {
    "m": 1.0,
    "meter": 1.0,
    "meters": 1.0,
    "metre": 1.0,
    "metres": 1.0,
    "dm": 0.1,
    "cm": 0.01,
    "mm": 1e-3,
    "um": 1e-6,
    "in": 0.0254,
    "inch": 0.0254,
    "inches": 0.0254,
    "ft": 0.3048,
}
FORCE_N = {"n": 1.0, "newton": 1.0, "newtons": 1.0, "kn": 1e3, "lbf": 4.4482216152605}
VOLTAGE_V = {"v": 1.0, "volt": 1.0, "volts": 1.0, "mv": 1e-3, "uv": 1e-6, "nv": 1e-9}


def _plain(unit: str) -> str:
    """Reduce a unit to lower-case ASCII; a micro sign survives in many encodings, so any is 'u'."""
    text = unit.strip().lower()
    for separator in (" ", ".", "*", "·", "-", "_"):
        text = text.replace(separator, "")
    if text.endswith("v") and not text[:-1].isascii():
        return "uv"
    return text.replace("µ", "u").replace("μ", "u")


def length_in_metres(unit: str) -> float | None:
    """Return the metres in one ``unit``, or None where it is no unit of length."""
    return LENGTH_M.get(_plain(unit))


def voltage_in_volts(unit: str) -> float | None:
    """Return the volts in one ``unit``, or None where it is no unit of voltage."""
    return VOLTAGE_V.get(_plain(unit))


def force_in_newtons(unit: str) -> float | None:
    """Return the newtons in one ``unit``, or None where it is no unit of force."""
    return FORCE_N.get(_plain(unit))


def moment_in_newton_metres(unit: str) -> float | None:
    """Return the newton-metres in one ``unit`` (Nmm, N.m, kN*m ...), or None where it is none."""
    text = _plain(unit)
    for force in sorted(FORCE_N, key=len, reverse=True):
        length = LENGTH_M.get(text.removeprefix(force)) if text.startswith(force) else None
        if length is not None:
            return FORCE_N[force] * length
    return None
