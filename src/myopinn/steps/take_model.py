"""Take a person's model as it is given."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from myopinn.files.layouts.quality import write_quality
from myopinn.files.layouts.scale_factors import write_scale_factors
from myopinn.files.processed import MODEL_FILE
from myopinn.formats.whole import whole_directory
from myopinn.opensim.scaling import scale_by_factors
from myopinn.opensim.tool import runner
from myopinn.records.quality import QualityLog


def take_model(
    *,
    recordings: str,
    trials: list[dict[str, Any]],
    recording: str,
    subject: str,
    settings: dict[str, Any],
    model: str,
) -> None:
    """Take a person's model as it is given, scaled by known factors where there are any.

    Parameters
    ----------
    recordings : folder of the person's recordings (model.osim)
    trials : the person's trials
    settings : the ``opensim`` slice; of ``scaling`` ``factors`` {body: factor} and ``mass_kg``,
        both of which may be absent
    model : folder to write: scaled.osim, <session>.osim, scale_factors.csv where there are
        factors, quality.csv, opensim.log. Without a usable model it holds quality.csv alone.

    Raises
    ------
    ConfigError
        Where the factors name a body that the model does not have.
    """
    log = QualityLog(recording, subject, "take_model")
    known = settings.get("scaling") or {}
    factors = dict(known.get("factors", {}))
    with whole_directory(model) as folder:
        with log.refusals("model"):
            with tempfile.TemporaryDirectory() as scratch:
                scaled = Path(scratch, "scaled.osim")
                mass_kg = runner(settings, folder, subject)(
                    scale_by_factors,
                    model_file=(Path(recordings) / MODEL_FILE).resolve(),
                    factors=factors,
                    mass_kg=known.get("mass_kg"),
                    output=scaled,
                )
                shutil.copyfile(scaled, folder / "scaled.osim")
            log.measure("model", "model_mass", mass_kg, "kg")
            for session in {t["session"] for t in trials}:
                shutil.copyfile(folder / "scaled.osim", folder / f"{session}.osim")
            if factors:
                along_axes = {body: [factor] * 3 for body, factor in factors.items()}
                write_scale_factors(along_axes, folder / "scale_factors.csv")
        write_quality(log, folder / "quality.csv")
