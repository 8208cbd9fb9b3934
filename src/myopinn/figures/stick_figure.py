"""A virtual person over one cycle: a stick figure whose muscles are coloured by activation.

Drawn from the truth that a laboratory of virtual people leaves: the person's model and what every
muscle did.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.figures.kinds import COLUMNS, FigureKind, drawn_table, of_recordings
from myopinn.figures.style import (
    PAGE_WIDTH_IN,
    blank_figure,
    empty_figure,
    save,
    style,
    title_above,
)
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import read_netcdf
from myopinn.files.tables import NUMBER, WHOLE, Column

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

logger = logging.getLogger(__name__)

DRAWN = drawn_table(
    "stick_figure",
    cycle=Column(NUMBER, "share of the cycle"),
    muscle=COLUMNS["muscle"],
    activation=Column(NUMBER, "of the muscle"),
    point=Column(WHOLE, "of the muscle's path, from origin to insertion"),
    forward_m=Column(NUMBER, "where it is", "m"),
    upward_m=Column(NUMBER, "where it is", "m"),
)
BONE = "#BBBBBB"
COLOUR_MAP = "inferno_r"
# Least distance between two postures side by side, as a share of the figure's height.
_APART = 0.42


@dataclass(frozen=True)
class Posture:
    """A person at one time, in the sagittal plane.

    Attributes
    ----------
    cycle : float
        Share of the cycle.
    bones : list of array, shape (point, 2), m
    muscles : dict of muscle to array, shape (point, 2), m
    activation : dict of muscle to float
    """

    cycle: float
    bones: list[np.ndarray]
    muscles: dict[str, np.ndarray]
    activation: dict[str, float]


def draw_stick_figure(
    *,
    truth: str | Path,
    trials: Sequence[str],
    recording: str,
    subject: str,
    pdf: str | Path,
    png: str | Path,
    csv: str | Path,
    postures: int = 9,
) -> None:
    """Draw a person in a row of postures over one cycle of the first trial that has one.

    A cycle lasts from one extreme of the coordinate that moves most to the next.

    Parameters
    ----------
    truth : folder with model.osim and <trial>.nc
    trials : sequence of str
        In the order in which they are looked at.
    recording, subject : str
        For the title.
    pdf, png, csv : path
        Outputs; the table holds every point of every muscle's path, m, and its activation.
    postures : int
        How many; the last is the first of the next cycle.
    """
    import pandas as pd

    found = _first_cycle(Path(truth), trials, postures)
    if found is None:
        with style():
            message = f"{recording}, {subject}: no trial with a whole cycle."
            save(empty_figure(message), DRAWN.empty(), layout=DRAWN, pdf=pdf, png=png, csv=csv)
        return
    trial, data, rows = found
    seen = pose(Path(truth) / "model.osim", data, rows)
    table = pd.DataFrame(
        [
            (posture.cycle, muscle, posture.activation[muscle], index, x, y)
            for posture in seen
            for muscle, points in posture.muscles.items()
            for index, (x, y) in enumerate(points)
        ],
        columns=list(DRAWN.columns),
    )
    with style():
        figure = _draw(seen, f"{recording}, {subject}, {trial}: one cycle")
        save(figure, table, layout=DRAWN, pdf=pdf, png=png, csv=csv)


def _first_cycle(
    truth: Path, trials: Sequence[str], postures: int
) -> tuple[str, xr.Dataset, np.ndarray] | None:
    """Find the first trial with a truth and a whole cycle: its name, truth and the cycle's rows."""
    for trial in trials:
        file = truth / f"{trial}.nc"
        if not file.is_file():
            continue
        data = read_netcdf(file, TRUTH)
        try:
            return trial, data, cycle_rows(data, postures, trial)
        except TrialError as error:
            logger.warning("%s", error)
    return None


def cycle_rows(data: xr.Dataset, count: int, trial: str) -> np.ndarray:
    """Find the rows of evenly spaced times over one cycle.

    Raises
    ------
    TrialError
        Where the coordinate that moves most does not reach two extremes.
    """
    import numpy as np
    from scipy.signal import find_peaks

    angle = data["joint_angle"].to_numpy()
    most = angle[:, int(np.argmax(np.ptp(angle, axis=0)))]
    peaks, _ = find_peaks(most, prominence=0.5 * np.ptp(most))
    if len(peaks) < 2:
        raise TrialError("there is no whole cycle to draw.", trial=trial)
    return np.linspace(peaks[0], peaks[1], count).round().astype(int)


def pose(model_file: Path, data: xr.Dataset, rows: np.ndarray) -> list[Posture]:
    """Put the person's model into the postures of some rows."""
    import opensim as osim

    osim.Logger.setLevelString("Error")
    osim.Logger.removeFileSink()
    model = osim.Model(str(model_file))
    state = model.initSystem()
    names = [str(name) for name in data["coordinate"].to_numpy()]
    muscles = [str(name) for name in data["muscle"].to_numpy()]
    seen = []
    for row in rows:
        for name, value in zip(names, data["joint_angle"].to_numpy()[row], strict=True):
            model.getCoordinateSet().get(name).setValue(state, float(value), False)
        model.realizeDynamics(state)
        seen.append(
            Posture(
                cycle=float((row - rows[0]) / (rows[-1] - rows[0])),
                bones=_bones(model, state),
                muscles={name: _path(model.getMuscles().get(name), state) for name in muscles},
                activation=dict(
                    zip(muscles, data["activation"].to_numpy()[row].astype(float), strict=True)
                ),
            )
        )
    return seen


def _bones(model: Any, state: Any) -> list[np.ndarray]:
    """Draw every body from its joint to the joints it carries, the last to its markers."""
    import numpy as np

    centers: dict[str, list[np.ndarray]] = {}
    origin: dict[str, np.ndarray] = {}
    for joint in model.getJointSet():
        place = joint.getChildFrame().getPositionInGround(state).to_numpy()[:2]
        parent = joint.getParentFrame().findBaseFrame().getName()
        child = joint.getChildFrame().findBaseFrame().getName()
        origin[child] = place
        centers.setdefault(parent, []).append(place)
    bones = [
        np.array([origin[body], end])
        for body, ends in centers.items()
        if body in origin
        for end in ends
    ]
    outline: dict[str, list[np.ndarray]] = {}
    for marker in model.getMarkerSet():
        body = marker.getParentFrame().findBaseFrame().getName()
        if body not in centers or body == _base(model):
            outline.setdefault(body, []).append(marker.getLocationInGround(state).to_numpy()[:2])
    bones += [_hull([origin[body], *points]) for body, points in outline.items()]
    return bones


def _base(model: Any) -> str:
    """Name the first body, which nothing shows the shape of but its markers."""
    name: str = model.getJointSet().get(0).getChildFrame().findBaseFrame().getName()
    return name


def _hull(points: list[np.ndarray]) -> np.ndarray:
    """Give the outline of points, closed."""
    import numpy as np
    from scipy.spatial import ConvexHull, QhullError

    places = np.array(points)
    try:
        order = ConvexHull(places).vertices
    except QhullError:
        return places
    return places[[*order, order[0]]]


def _path(muscle: Any, state: Any) -> np.ndarray:
    """Give the points of a muscle's path, those around bones included, shape (point, 2)."""
    import numpy as np

    points = muscle.getGeometryPath().getCurrentPath(state)
    return np.array(
        [
            points.get(index).getLocationInGround(state).to_numpy()[:2]
            for index in range(points.getSize())
        ]
    )


def _draw(seen: list[Posture], title: str) -> Figure:
    import numpy as np

    every = np.concatenate([np.concatenate([*p.bones, *p.muscles.values()]) for p in seen])
    height = float(np.ptp(every[:, 1]))
    apart = max(_APART * height, 0.75 * float(np.ptp(every[:, 0])))
    ratio = height / (apart * (len(seen) - 1) + float(np.ptp(every[:, 0])))
    figure = blank_figure(PAGE_WIDTH_IN, PAGE_WIDTH_IN * ratio * 1.05 + 0.9)
    axes = figure.subplots()
    most = max(0.2, *(value for p in seen for value in p.activation.values()))
    for number, posture in enumerate(seen):
        _draw_posture(axes, posture, number * apart, most)
        axes.annotate(
            f"{100 * posture.cycle:.0f} %",
            (number * apart + float(every[:, 0].mean()), float(every[:, 1].min())),
            xytext=(0, -4),
            textcoords="offset points",
            ha="center",
            va="top",
        )
    axes.set_aspect("equal")
    axes.margins(0.02, 0.04)
    axes.axis("off")
    _colour_bar(figure, axes, most)
    title_above(figure, title)
    return figure


def _draw_posture(axes: Axes, posture: Posture, shift: float, most: float) -> None:
    from matplotlib import colormaps

    for bone in posture.bones:
        axes.plot(bone[:, 0] + shift, bone[:, 1], color=BONE, linewidth=1.0, zorder=1)
    # The most active last, so that it is never hidden.
    for muscle, value in _by_activation(posture.activation):
        points = posture.muscles[muscle]
        # The colour map's lightest tones cannot be seen on white.
        colour = colormaps[COLOUR_MAP](0.12 + 0.88 * value / most)
        axes.plot(
            points[:, 0] + shift,
            points[:, 1],
            color=colour,
            linewidth=0.8 + 2.0 * value / most,
            solid_capstyle="round",
            zorder=2,
        )


def _by_activation(activation: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(activation.items(), key=lambda item: item[1])


def _colour_bar(figure: Figure, axes: Axes, most: float) -> None:
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    shown = LinearSegmentedColormap.from_list(
        "shown", [colormaps[COLOUR_MAP](0.12 + 0.88 * k / 255) for k in range(256)]
    )
    figure.colorbar(
        ScalarMappable(Normalize(0.0, most), shown),
        ax=axes,
        location="bottom",
        shrink=0.3,
        aspect=30,
        pad=0.02,
        label="activation",
    )


FIGURES = {
    "stick_figure": FigureKind(
        order=0,
        wanted=lambda place: of_recordings(place) and place.virtual,
        caption=(
            "One of the virtual people over one cycle: bones grey, muscles coloured by their "
            "true activation."
        ),
        drawn=DRAWN,
    ),
}
