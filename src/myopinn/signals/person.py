"""What a C3D file says of the person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from myopinn.checks.masses import BODY_KG
from myopinn.errors import TrialError

if TYPE_CHECKING:
    from pathlib import Path

    from myopinn.records.quality import QualityLog
    from myopinn.records.trials import Trial
    from myopinn.signals.c3d import Recording

# Where the common programs put the mass: Vicon as a parameter of its own, others as a table.
_OWN_PARAMETER = (("PROCESSING", "BODYMASS"), ("PROCESSING", "MASS"), ("SUBJECTS", "MASS"),
                  ("SUBJECTS", "WEIGHT"), ("SUBJECT", "MASS"), ("SUBJECT", "WEIGHT"))  # fmt: skip
_TABLES = ("SUBJECT", "SUBJECTS")
# Two weighings of a person may differ by this share before it is worth a word.
_SAME_MASS = 0.02


def mass_in_file(recording: Recording) -> float:
    """Return the body mass in kg that the file states, NaN where it states none."""
    import numpy as np

    for group, name in _OWN_PARAMETER:
        value = recording.parameter(group, name)
        if value is not None and np.size(value):
            mass = _number(np.ravel(value)[0])
            if BODY_KG[0] <= mass <= BODY_KG[1]:
                return mass
    for group in _TABLES:
        labels, values = recording.parameter(group, "LABELS"), recording.parameter(group, "VALUES")
        if labels is None or values is None:
            continue
        for label, value in zip(labels, np.ravel(values), strict=False):
            if str(label).strip().lower() in {"mass", "weight", "bodymass", "body mass"}:
                mass = _number(value)
                if BODY_KG[0] <= mass <= BODY_KG[1]:
                    return mass
    return float("nan")


def person_mass(
    trials: Iterable[Trial], in_files: dict[str, float], log: QualityLog, folder: Path
) -> float:
    """Return the person's mass in kg: from the table of trials, or else from the files.

    Parameters
    ----------
    in_files : dict of trial to kg
        What the files state, NaN where nothing.

    Raises
    ------
    TrialError
        Where neither states it.
    """
    import numpy as np

    listed = {t.name: t.mass_kg for t in trials if np.isfinite(t.mass_kg)}
    stated = listed or {name: kg for name, kg in in_files.items() if np.isfinite(kg)}
    if not stated:
        raise TrialError(
            "the person's mass is neither in the list of trials nor, between "
            f"{BODY_KG[0]:g} and {BODY_KG[1]:g} kg, in any C3D file that can be read "
            "(PROCESSING:Bodymass, SUBJECT:VALUES).",
            remedy="give mass_kg in the list of trials.",
            file=folder,
        )
    masses = np.array(list(stated.values()))
    mass = round(float(np.median(masses)), 3)  # the format keeps single precision
    if np.ptp(masses) > _SAME_MASS * mass:
        log.note(
            "",
            "mass_kg",
            f"the mass is {masses.min():.1f} to {masses.max():.1f} kg; {mass:.1f} kg is used.",
        )
    return mass


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return float("nan")
