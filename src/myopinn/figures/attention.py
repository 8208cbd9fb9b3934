"""Where networks with attention look: which frames of the cycle each frame is answered from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.artifacts import ATTENTION, read_netcdf
from myopinn.figures.style import (
    REFERENCE,
    cycle_axis,
    empty_figure,
    legend_above,
    panels,
    save,
    style,
    variant_colours,
)
from myopinn.figures.wording import fixed
from myopinn.inference import bootstrap_interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WEIGHT, LOOKED_AT, ENTROPY, DISTANCE = "weight", "looked_at", "entropy", "distance"
COLUMNS = (
    *("variant", "quantity", "subject", "asked_percent", "seen_percent"),
    *("value", "uniform", "ci_low", "ci_high", "n_subjects", "alpha"),
)
ENDS = ("ci_low", "ci_high")
DEFAULT_SEED = 0
# An entropy from which on attention looks at more than nine tenths of 100 frames: 100^0.98 = 91.
NEARLY_UNIFORM = 0.98
# A part of the cycle that is looked at this many times as much as by uniform attention.
STANDS_OUT = 1.25
# The colours of less and more than uniform reach at least to half and double, so that what is
# nearly uniform looks so, and at most to an eighth and eightfold.
LEAST_FOLD, LARGEST_FOLD = 2.0, 8.0
UNIFORM_COLOUR = "#AAAAAA"


def draw_attention(
    *,
    predictions: Sequence[str | Path],
    recording: str,
    split: str,
    settings: Mapping[str, Any],
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
) -> None:
    """Draw one row per network: attention, frames looked at, and each subject's two measures.

    Parameters
    ----------
    predictions : sequence of path
        Folders ``<variant>/<recording>`` of the fits of all variants. Networks with attention have
        ``<split>/<subject>/attention.nc``.
    recording, split : str
        The cell to draw.
    settings : mapping
        As of the comparison of variants: ``alpha``, ``bootstrap_samples`` and optionally ``seed``.
    pdf, png, csv : path
        Outputs; the table is that of :func:`tabulate_attention`.
    """
    import pandas as pd

    tables = []
    for folder in map(Path, predictions):
        files = sorted(Path(folder, split).glob("*/attention.nc"))
        if files:
            people = {path.parent.name: read_netcdf(path, ATTENTION) for path in files}
            weights = np.stack([p["weight"].values for p in people.values()]).astype(float)
            entropy = np.array([p["entropy"].values.mean() for p in people.values()])
            found = tabulate_attention(weights, entropy, list(people), settings)
            tables.append(found.assign(variant=folder.parent.name)[list(COLUMNS)])
    with style():
        if not tables:
            nothing = empty_figure(f"{recording}, {split}: no network with attention was fitted.")
            save(nothing, pd.DataFrame(columns=list(COLUMNS)), pdf=pdf, png=png, csv=csv)
            return
        table = pd.concat(tables, ignore_index=True)
        variants = [Path(folder).parent.name for folder in predictions]
        figure = _draw(table, variant_colours(variants), f"{recording}, {split}")
        save(figure, table, pdf=pdf, png=png, csv=csv)


def tabulate_attention(
    weights: np.ndarray, entropy: np.ndarray, subjects: Sequence[str], settings: Mapping[str, Any]
) -> pd.DataFrame:
    """Give all that is drawn of one network, with bootstrap intervals over subjects.

    Parameters
    ----------
    weights : array, shape (subject, frame asked, frame looked at)
    entropy : array, shape (subject,)
        Normalised.
    subjects : sequence of str
    settings : mapping
        As :func:`draw_attention` has them.

    Returns
    -------
    DataFrame
        Rows with ``quantity`` ``weight`` and ``looked_at`` (its mean over frames asked), multiples
        of uniform attention; ``entropy``; and ``distance``, the mean distance between frames asked
        and looked at, % of the cycle. The mean over subjects has no ``subject``; ``uniform`` is
        what uniform attention has.
    """
    import pandas as pd

    frames = weights.shape[-1]
    percent = 100 * np.arange(frames) / frames
    away = np.abs(percent[:, None] - percent)
    multiple = weights * frames
    mean = multiple.mean(axis=0)
    parts = [
        pd.DataFrame(
            {
                "quantity": WEIGHT,
                "asked_percent": np.repeat(percent, frames),
                "seen_percent": np.tile(percent, frames),
                "value": mean.ravel().round(4),
                "uniform": 1.0,
            }
        ),
        _means(multiple.mean(axis=1), settings).assign(
            quantity=LOOKED_AT, seen_percent=percent, uniform=1.0
        ),
    ]
    distance = (weights * away).sum(axis=2).mean(axis=1)
    for quantity, values, uniform in (
        (ENTROPY, entropy, 1.0),
        (DISTANCE, distance, float(away.mean())),
    ):
        own = pd.DataFrame({"subject": list(subjects), "value": values})
        both = [own, _means(values[:, None], settings)]
        parts.append(pd.concat(both).assign(quantity=quantity, uniform=uniform))
    table = pd.concat(parts, ignore_index=True).reindex(columns=list(COLUMNS))
    return table.assign(n_subjects=len(subjects), alpha=float(settings["alpha"]))


def _means(values: np.ndarray, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Average over subjects, shape (subject, series), with the interval of each mean."""
    import pandas as pd

    low, high = bootstrap_interval(
        values,
        float(settings["alpha"]),
        int(settings["bootstrap_samples"]),
        settings.get("seed", DEFAULT_SEED),
    )
    return pd.DataFrame({"value": values.mean(axis=0), "ci_low": low, "ci_high": high})


def _draw(table: pd.DataFrame, colour: Mapping[str, str], place: str) -> Figure:
    from matplotlib.colors import LogNorm
    from matplotlib.lines import Line2D

    variants = list(dict.fromkeys(table["variant"]))
    people = int(table["n_subjects"].max())
    height = max(1.75, 0.13 * (people + 4))
    figure, axes = panels(
        len(variants), 4, 1.9, height, sharex="col", width_ratios=[1.25, 1, 0.8, 0.8]
    )
    values = table.loc[table["quantity"] == WEIGHT, "value"].to_numpy(dtype=float)
    # As far as nearly all frames go; the few beyond get the last colour.
    seen = 2 ** np.quantile(np.abs(np.log2(np.maximum(values, 1e-6))), 0.995)
    fold = float(np.clip(seen, LEAST_FOLD, LARGEST_FOLD))
    norm = LogNorm(1 / fold, fold)
    for row, variant in zip(axes, variants, strict=True):
        own = dict(iter(table[table["variant"] == variant].groupby("quantity")))
        image = _picture(row[0], own[WEIGHT], norm)
        row[0].set_title(variant)
        _curve(row[1], own[LOOKED_AT], colour[variant])
        for cell, quantity in zip(row[2:], (ENTROPY, DISTANCE), strict=True):
            _points(cell, own[quantity], colour[variant], named=quantity == ENTROPY)
    _label_below(axes[-1])
    axes[0, 2].set_xlim(min(0.9, table.loc[table["quantity"] == ENTROPY, "value"].min()) - 0.02)
    axes[0, 3].set_xlim(0, None)
    extend = "both" if values.max() > fold or values.min() < 1 / fold else "neither"
    bar = figure.colorbar(image, ax=axes[:, 0], location="bottom", extend=extend, aspect=25)
    ticks = [t for t in (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0) if 1 / fold <= t <= fold]
    bar.set_ticks(ticks, labels=[f"{t:g}" for t in ticks])
    bar.minorticks_off()
    bar.set_label("attention, multiple of uniform")
    level = 100 * (1 - table["alpha"].iloc[0])
    handles = [
        Line2D([], [], ls="", marker="o", color="#888888", ms=3, label="a subject"),
        Line2D([], [], marker="D", color=REFERENCE, ms=4, label=f"mean, {level:g} % interval"),
        Line2D([], [], color=UNIFORM_COLOUR, ls="--", label="uniform attention"),
    ]
    legend_above(figure, handles, f"{place}: attention over the cycle, n = {people} subjects")
    return figure


def _label_below(row: Sequence[Axes]) -> None:
    for cell in row[:2]:
        cell.set_xlabel("frame looked at (% of cycle)")
    row[2].set_xlabel("entropy (1: uniform)")
    row[3].set_xlabel("distance (% of cycle)")


def _picture(axes: Axes, rows: pd.DataFrame, norm: Any) -> Any:
    wide = rows.pivot(index="asked_percent", columns="seen_percent", values="value")
    values = np.clip(wide.to_numpy(dtype=float), norm.vmin, norm.vmax)
    image = axes.imshow(
        values,
        cmap="PuOr_r",
        norm=norm,
        extent=(0, 100, 0, 100),
        origin="lower",
        aspect="auto",
        interpolation="nearest",
    )
    cycle_axis(axes, labelled=False)
    axes.set_yticks([0, 50, 100])
    axes.set_ylabel("frame asked (% of cycle)")
    return image


def _curve(axes: Axes, rows: pd.DataFrame, colour: str) -> None:
    percent, mean, low, high = (
        rows[c].to_numpy(dtype=float) for c in ("seen_percent", "value", "ci_low", "ci_high")
    )
    axes.axhline(1.0, color=UNIFORM_COLOUR, ls="--", lw=0.8)
    axes.fill_between(percent, low, high, color=colour, alpha=0.2, lw=0)
    axes.plot(percent, mean, color=colour, lw=1.2)
    axes.set_ylim(0, max(2.0, 1.1 * float(np.nanmax([mean.max(), np.nan_to_num(high).max()]))))
    axes.set_ylabel("multiple of uniform")
    cycle_axis(axes, labelled=False)


def _points(axes: Axes, rows: pd.DataFrame, colour: str, *, named: bool) -> None:
    people, mean = rows[rows["subject"].notna()], rows[rows["subject"].isna()].iloc[0]
    axes.axvline(mean["uniform"], color=UNIFORM_COLOUR, ls="--", lw=0.8)
    axes.scatter(people["value"], range(len(people)), s=10, color=colour)
    ends = [[mean["value"] - mean["ci_low"]], [mean["ci_high"] - mean["value"]]]
    axes.errorbar([mean["value"]], [len(people)], xerr=ends, fmt="D", color=REFERENCE, ms=4, lw=1.0)
    axes.set_ylim(len(people) + 0.6, -0.6)
    names = [*people["subject"], "mean"] if named else []
    axes.set_yticks(range(len(people) + 1) if named else [], names)
    axes.tick_params(axis="y", length=0)


def tell_attention(drawn: pd.DataFrame) -> list[str]:
    """Say of each network whether its attention is uniform, and if not, where it looks."""
    return [_tell(str(name), own) for name, own in drawn.groupby("variant", sort=False)]


def _tell(variant: str, own: pd.DataFrame) -> str:
    entropy, distance = (
        own[(own["quantity"] == quantity) & (own["subject"].fillna("") == "")].iloc[0]
        for quantity in (ENTROPY, DISTANCE)
    )
    looked = own[own["quantity"] == LOOKED_AT].sort_values("value")
    least, most = looked.iloc[0], looked.iloc[-1]
    frames = len(looked)
    known = bool(np.isfinite(entropy["ci_low"]))
    low, high = (float(entropy[k]) if known else float(entropy["value"]) for k in ENDS)
    facts = (
        f"entropy {_with_interval(entropy, 3)}, like {fixed(frames ** entropy['value'], 0)} of "
        f"{frames} frames looked at evenly; distance to the frames looked at "
        f"{_with_interval(distance, 1)} % of the cycle, with uniform attention "
        f"{fixed(distance['uniform'], 1)}"
    )
    if known:
        facts += f"; in brackets {100 * (1 - entropy['alpha']):g} % intervals over subjects"
    people = f"{variant}, n = {int(entropy['n_subjects'])}"
    if low >= NEARLY_UNIFORM:
        return (
            f"{people}: attention is close to uniform, so it does not tell from where in the cycle "
            f"the answer comes: {facts}."
        )
    verdict = "is not uniform" if high < NEARLY_UNIFORM else "may be close to uniform or not"
    if most["value"] < STANDS_OUT:
        where = (
            "no part of the cycle is looked at much more than another, at most "
            f"{_with_interval(most, 2)} times uniform: where a network looks goes with the frame "
            "asked, or differs between heads and cycles"
        )
    else:
        where = "; ".join(
            f"it looks {word} at {fixed(row['seen_percent'], 0)} % of the cycle, "
            f"{_with_interval(row, 2)} times uniform"
            for word, row in (("most", most), ("least", least))
        )
    return f"{people}: attention {verdict}: {where}; {facts}."


def _with_interval(row: pd.Series, decimals: int) -> str:
    """Write a mean with its interval over subjects, where there are enough of them."""
    text = fixed(row["value"], decimals)
    if not np.isfinite(row["ci_low"]):
        return text
    low, high = (fixed(row[end], decimals) for end in ENDS)
    return f"{text} [{low} to {high}]"
