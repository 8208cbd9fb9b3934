"""The load that a person holds in a trial, put into the model for that trial.

A generic model for people who hold loads has a body named :data:`LOAD_BODY`, welded to the hand
where the load is held, of any mass. Each trial's ``load_kg`` becomes its mass; its moments of
inertia keep their proportion to it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from myopinn.errors import TrialError

LOAD_BODY = "load"


def model_with_load(model_file: Path, load_kg: float, output: Path) -> Path:
    """Write the model with a trial's load in it.

    Parameters
    ----------
    load_kg : float
        0 for an empty hand.
    output : path
        Written only where the model has a body for the load.

    Returns
    -------
    Path
        The model to use: ``output``, or ``model_file`` where no load can be and none is held.

    Raises
    ------
    TrialError
        Where the load is no mass, or the model has no body for it.
    """
    if not 0.0 <= load_kg < float("inf"):
        raise TrialError(
            f"the load is {load_kg:g} kg.", remedy="Give the trial's load_kg, 0 for an empty hand."
        )
    tree = ET.parse(model_file)
    body = next((b for b in tree.iter("Body") if b.get("name") == LOAD_BODY), None)
    if body is None:
        if load_kg:
            raise TrialError(
                f"the trial has a load of {load_kg:g} kg, but the model has no body "
                f"'{LOAD_BODY}' for it.",
                remedy=f"Weld a body named '{LOAD_BODY}' to the hand of the generic model.",
                file=model_file,
            )
        return model_file
    mass, inertia = body.find("mass"), body.find("inertia")
    before = float(mass.text or 0.0) if mass is not None else 0.0
    ratio = load_kg / before if before > 0 else 0.0
    if mass is None:
        mass = ET.SubElement(body, "mass")
    mass.text = repr(float(load_kg))
    if inertia is not None:
        inertia.text = " ".join(
            repr(ratio * float(value)) for value in (inertia.text or "").split()
        )
    tree.write(output, encoding="UTF-8", xml_declaration=True)
    return output
