"""Measure the inertia of a person's joints that move alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myopinn.errors import TrialError
from myopinn.files.layouts.joint_inertia import JOINT_INERTIA
from myopinn.files.layouts.quality import write_quality
from myopinn.opensim.joint_inertia import read_chain
from myopinn.opensim.tool import run
from myopinn.records.quality import QualityLog

_WHAT = "joint inertia"
_TIMEOUT_S = 300.0


def measure_joint_inertia(
    *,
    model: str | Path,
    recording: str,
    subject: str,
    settings: Mapping[str, Any],
    inertia: str | Path,
    quality: str | Path,
) -> None:
    """Read the inertia of a person's joints and write it.

    Parameters
    ----------
    model : folder with ``scaled.osim``
        Where it holds none, as the person was rejected before, an empty document is written.
    recording, subject : str
    settings : mapping
        ``coordinates`` list of names from the trunk outwards; optionally ``posture_deg``, at which
        other coordinates stand, such as a shoulder; those not named stand as the model has them.
    inertia : JSON file to write, layout ``JOINT_INERTIA``
    quality : CSV file to write
    """
    log = QualityLog(recording, subject, "measure_joint_inertia")
    found: dict[str, Any] = {}
    with log.refusals(_WHAT):
        scaled = Path(model, "scaled.osim").absolute()
        if not scaled.exists():
            raise TrialError(
                "there is no scaled model, so there are no joints to read.",
                remedy="See the quality record of the scaling.",
                file=scaled,
            )
        console = Path(quality).absolute().with_suffix(".opensim.log")
        console.parent.mkdir(parents=True, exist_ok=True)
        found = run(
            read_chain,
            timeout_s=_TIMEOUT_S,
            log=console,
            label=subject,
            file=str(scaled),
            coordinates=list(settings["coordinates"]),
            posture={k: math.radians(v) for k, v in settings.get("posture_deg", {}).items()},
        )
        log.measure(_WHAT, "moving mass", sum(found["mass"]), "kg", at_least=1e-6)
    JOINT_INERTIA.write(found, inertia)
    write_quality(log, quality)
