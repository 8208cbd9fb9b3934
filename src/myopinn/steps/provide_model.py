"""Providing a laboratory's generic model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myopinn.recordings import ModellingLaboratory, laboratory


def provide_model(*, settings: Mapping[str, Any], model: Path | str) -> None:
    """Write the generic model of a laboratory, marker set included.

    Parameters
    ----------
    settings : mapping
        The laboratory's slice of the configuration.
    model : path
        The model to write (.osim).

    Raises
    ------
    ModelError, ChecksumError, DownloadError
        Where the model or its markers cannot be had; says what to do.
    """
    source = laboratory(settings["name"])
    assert isinstance(source, ModellingLaboratory)
    source.provide_model(settings=settings, model=Path(model))
