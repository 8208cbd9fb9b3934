"""The figure that is kept with every fit: how it converged, what it answers to tested trials.

It is drawn some thousand times in a study, so it has two axes however many targets there are: an
axis of its own for each takes four times as long as fitting a small network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

HEIGHT_IN, CURVE_IN, TARGET_IN, MARGIN_IN = 2.8, 3.2, 1.5, 0.3
LEFT_IN, BELOW_IN, ABOVE_IN = 0.8, 0.75, 0.45
# What a target fills of its place along the axis.
FILLED = 0.85
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
    loss_in = (LEFT_IN + CURVE_IN) * bool(curve)
    targets_in = TARGET_IN * len(targets)
    width = loss_in + 2 * MARGIN_IN + targets_in
    figure = Figure(figsize=(width, HEIGHT_IN))
    bottom, height = BELOW_IN / HEIGHT_IN, 1 - (BELOW_IN + ABOVE_IN) / HEIGHT_IN
    if curve:
        place = (LEFT_IN / width, bottom, (CURVE_IN - MARGIN_IN) / width, height)
        _draw_curve(figure.add_axes(place), curve)
    place = ((loss_in + MARGIN_IN) / width, bottom, targets_in / width, height)
    _draw_targets(figure.add_axes(place), reference, predicted, targets, units)
    # A little larger, and a tenth of the drawing's time saved.
    figure.savefig(path, dpi=80, pil_kwargs={"compress_level": 1})


def _draw_targets(
    axes: Axes,
    reference: np.ndarray,
    predicted: np.ndarray,
    targets: Sequence[str],
    units: Sequence[str],
) -> None:
    """Draw all targets side by side, each from its lowest to its highest value."""
    along = np.linspace(0, FILLED, reference.shape[1])
    labels = []
    for k, (target, unit) in enumerate(zip(targets, units, strict=True)):
        bands = {
            colour: (values[..., k].mean(axis=0), values[..., k].std(axis=0))
            for colour, values in ((REFERENCE, reference), (PREDICTED, predicted))
        }
        known = {c: band for c, band in bands.items() if not np.isnan(band[0]).any()}
        edges = [mean + sign * spread for mean, spread in known.values() for sign in (-1, 1)]
        low, high = (float(np.min(edges)), float(np.max(edges))) if edges else (0.0, 1.0)
        size = (high - low) or 1.0
        for colour, (mean, spread) in known.items():
            axes.plot(k + along, (mean - low) / size, color=colour)
            edge = [(mean + sign * spread - low) / size for sign in (-1, 1)]
            axes.fill_between(k + along, *edge, color=colour, alpha=0.2, lw=0)
        name = target if PREDICTED in known else f"{target}: not predicted"
        labels.append(f"{name}\n{low:.3g} to {high:.3g} {unit}")
    axes.set_xticks(np.arange(len(targets)) + FILLED / 2, labels, fontsize="x-small")
    axes.tick_params(length=0)
    axes.set(xlim=(0, len(targets)), yticks=())
    axes.set_title("tested cycles, 0-100 %: reference grey, predicted blue", fontsize="medium")


def _draw_curve(axes: Axes, curve: Sequence[Mapping[str, float]]) -> None:
    epochs = [row["epoch"] for row in curve]
    names = [name.removeprefix("stop/") for name in curve[0] if name.startswith("stop/")]
    for k, name in enumerate(names):
        for part, style in (("train", ":"), ("stop", "-")):
            values = [row[f"{part}/{name}"] for row in curve]
            label = name if part == "stop" else None
            axes.plot(epochs, values, style, color=f"C{k}", lw=1, label=label)
    axes.set(xlabel="epoch", yscale="log")
    axes.set_title("loss (dotted: training)", fontsize="medium")
    axes.minorticks_off()
    axes.legend(frameon=False, fontsize="small")
