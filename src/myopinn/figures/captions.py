"""What each figure of the report shows, and the sentences that its findings and numbers tell."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.figures.answers import tell_levels
from myopinn.figures.registry import figure_kinds
from myopinn.figures.style import PNG_DPI
from myopinn.files.layouts.findings import at

if TYPE_CHECKING:
    import pandas as pd

# Pixels of the page per inch of a figure, at which its text is as large as the page's.
SHOWN_DPI = 130


def describe_figure(
    png: Path, about: Mapping[str, str], found: pd.DataFrame, beside: Path
) -> dict[str, Any]:
    """Give a figure's image, caption and sentences, with what the study knows of it.

    Parameters
    ----------
    png : path
        With its CSV beside it.
    about : mapping
        As :func:`myopinn.figures.registry.list_figures` gives it.
    found : DataFrame
        Findings of its task.
    beside : path
        Folder from which the reader is told where the files lie.

    Returns
    -------
    dict
        ``about``, ``order``, ``image``, ``width``, ``caption``, ``sentences`` and ``files``.
    """
    kind = figure_kinds()[about["kind"]]
    names = {key: about[key] for key in ("question", "recording", "split")}
    levels = ""
    if "{levels}" in kind.caption:
        levels = tell_levels(at(found, about["question"], recording=about["recording"]))
    sentences: list[str] = []
    if kind.describe:
        drawn = kind.drawn.read(png.with_suffix(".csv"))
        sentences = kind.describe(drawn) if len(drawn) else []
    elif kind.tell:
        sentences = kind.tell(at(found, **names))
    image = png.read_bytes()
    # The width in pixels stands at byte 16 of every PNG file.
    width_px = int.from_bytes(image[16:20], "big")
    return {
        **about,
        "order": kind.order,
        "image": base64.b64encode(image).decode("ascii"),
        "width": round(width_px * SHOWN_DPI / PNG_DPI),
        "caption": kind.caption.replace("{name}", about["apart"]).replace("{levels}", levels),
        "sentences": sentences,
        "files": Path(os.path.relpath(png.with_suffix(""), beside)).as_posix(),
    }
