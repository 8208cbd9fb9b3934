"""A virtual person's true model, laid where a step of the analysis would find the scaled one."""

from __future__ import annotations

import shutil
from pathlib import Path

from myopinn.formats.whole import whole_directory


def reveal_model(*, truth: str | Path, model: str | Path) -> None:
    """Copy a person's true model.

    Parameters
    ----------
    truth : path
        The person's folder of the truth, with ``model.osim``.
    model : path
        Output folder with ``scaled.osim``.
    """
    with whole_directory(model) as folder:
        shutil.copyfile(Path(truth) / "model.osim", folder / "scaled.osim")
