"""Fit the muscle paths of a person's scaled model by polynomials."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from myopinn.errors import TrialError
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.layouts.quality import write_quality
from myopinn.files.netcdf import write_netcdf
from myopinn.opensim.muscle_geometry import WHAT, Muscle, fit_all, sample_model, tabulate
from myopinn.opensim.muscle_paths import PARAMETERS
from myopinn.opensim.tool import run
from myopinn.records.quality import QualityLog

_TIMEOUT_S = 900.0


def fit_muscle_geometry(
    *,
    model: str | Path,
    recording: str,
    subject: str,
    settings: Mapping[str, Any],
    geometry: str | Path,
    quality: str | Path,
) -> None:
    """Fit the muscle paths of a person's scaled model and write them.

    Parameters
    ----------
    model : folder with ``scaled.osim``
        Where it holds none, as the person was rejected before, an empty geometry is written.
    recording, subject : str
    settings : mapping
        ``coordinates`` {name: [low, high] in degrees}; ``muscles`` list of names, or None for all
        that cross any of the coordinates; ``degree`` largest degree of a polynomial;
        ``max_length_rms_m`` and ``max_moment_arm_rms_m`` bounds of the rms errors; optionally
        ``contradictory_paths``, ``refuse`` (default) or ``follow_moment_arm``: what happens where
        OpenSim's moment arm is not minus the slope of its length; and ``max_jump_m`` (0), the
        largest jump of a length that is smoothed over.
    geometry : NetCDF file to write, layout ``GEOMETRY``
    quality : CSV file to write
    """
    log = QualityLog(recording, subject, "fit_muscle_geometry")
    fitted: dict[str, Muscle] = {}
    parameters: dict[str, dict[str, float]] = {p: {} for p in PARAMETERS}
    ranges = {
        c: (math.radians(low), math.radians(high))
        for c, (low, high) in settings["coordinates"].items()
    }
    with log.refusals(WHAT):
        scaled = Path(model, "scaled.osim").absolute()
        if not scaled.exists():
            raise TrialError(
                "there is no scaled model, so there are no muscle paths to fit.",
                remedy="See the quality record of the scaling.",
                file=scaled,
            )
        console = Path(quality).absolute().with_suffix(".opensim.log")
        console.parent.mkdir(parents=True, exist_ok=True)
        sampled = run(
            sample_model,
            timeout_s=_TIMEOUT_S,
            log=console,
            label=subject,
            file=str(scaled),
            ranges=ranges,
            muscles=settings["muscles"],
            degree=settings["degree"],
        )
        parameters = sampled["parameters"]
        fitted = fit_all(sampled["groups"], sampled["jumps"], ranges, settings, log)
    dataset = GEOMETRY.build(
        {
            **tabulate(fitted, ranges),
            **{p: np.array([parameters[p][m] for m in fitted], dtype=float) for p in PARAMETERS},
        },
        {
            "muscle": np.array(list(fitted), dtype=object),
            "coordinate": np.array(list(ranges), dtype=object),
        },
        {"recording": recording, "subject": subject},
    )
    write_netcdf(dataset, geometry, GEOMETRY)
    write_quality(log, quality)
