"""The figure that is kept with every fit: how it converged, what it answers to tested trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

COLUMNS = 4
TITLE_HEIGHT = 1.02
REFERENCE, PREDICTED = "0.35", "tab:blue"


def draw_fit(
    path: Path,
    curve: Sequence[Mapping[str, float]],
    reference: np.ndarray,
    predicted: np.ndarray,
    targets: Sequence[str],
    units: Sequence[str],
) -> None:
    """Draw the loss curve, and each target's mean and spread over the tested cycles.

    Parameters
    ----------
    path : path
        PNG.
    curve : sequence of mapping
        Of each epoch: ``epoch`` and ``train/<term>``, ``stop/<term>``; may be empty.
    reference, predicted : array, shape (cycle, frame, target), in ``units``
        A target that is not predicted is NaN in every frame, and its reference is drawn alone.
    """
    panels = len(targets) + bool(curve)
    rows = -(-panels // COLUMNS)
    figure = Figure(figsize=(3 * COLUMNS, 2.6 * rows))
    # Fixed places and few ticks: this is drawn for every fit, and finding them takes most of it.
    height = figure.get_figheight()
    figure.subplots_adjust(0.06, 0.5 / height, 0.99, 1 - 0.3 / height, wspace=0.35, hspace=0.55)
    axes = iter(figure.subplots(rows, COLUMNS, squeeze=False).ravel())
    if curve:
        _draw_curve(next(axes), curve)
    frame = np.arange(reference.shape[1])
    for k, (target, unit) in enumerate(zip(targets, units, strict=True)):
        axis = next(axes)
        for values, colour, label in (
            (reference[..., k], REFERENCE, "reference"),
            (predicted[..., k], PREDICTED, "predicted"),
        ):
            if np.isnan(values).all():
                label = f"not {label}"
            mean, spread = values.mean(axis=0), values.std(axis=0)
            axis.plot(frame, mean, color=colour, label=label)
            axis.fill_between(frame, mean - spread, mean + spread, color=colour, alpha=0.2, lw=0)
        axis.set_title(target, y=TITLE_HEIGHT)
        axis.set(xlabel="cycle (%)", xticks=(0, 50, 100), ylabel=unit)
        if k == 0 or np.isnan(predicted[..., k]).all():
            axis.legend(frameon=False, fontsize="small")
    for axis in axes:
        axis.remove()
    figure.savefig(path, dpi=80)


def _draw_curve(axis: object, curve: Sequence[Mapping[str, float]]) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axis, Axes)
    epochs = [row["epoch"] for row in curve]
    names = [name.removeprefix("stop/") for name in curve[0] if name.startswith("stop/")]
    for k, name in enumerate(names):
        for part, style in (("train", ":"), ("stop", "-")):
            values = [row[f"{part}/{name}"] for row in curve]
            label = name if part == "stop" else None
            axis.plot(epochs, values, style, color=f"C{k}", lw=1, label=label)
    axis.set_title("loss (dotted: training)", y=TITLE_HEIGHT)
    axis.set(xlabel="epoch", yscale="log")
    axis.minorticks_off()
    axis.legend(frameon=False, fontsize="small")
