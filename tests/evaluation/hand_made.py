"""Files of people whose every number is known by hand."""

from dataclasses import dataclass

import numpy as np

from myopinn.files.layouts.fits import FITS, FITS_FILE
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import write_netcdf
from myopinn.records.cells import Cell

FRAMES = 100
PHASE = 2 * np.pi * np.arange(FRAMES) / FRAMES
NAN = np.full(FRAMES, np.nan)
# What the truth of a person says of itself.
TRUE_PERSON = {"recording": "lab", "subject": "P1", "electromechanical_delay_s": 0.01}
TRUE_PERSON |= {"activation_s": 0.01, "deactivation_s": 0.05, "sharing_law": "least_effort"}


def filled(layout, labels, *, sizes=None, attributes=None, units=None, **known):
    """A dataset of a layout: what is known as it is given, every other variable zero."""
    # No joint rests that moves another, where none is named.
    if "held" in layout.coordinates:
        labels = {"held": np.empty(0, dtype=object)} | labels
    lengths = {q.dims[0]: len(labels[name]) for name, q in layout.coordinates.items()}
    lengths |= sizes or {}
    zeros = {
        name: np.zeros([lengths[d] for d in quantity.dims])
        for name, quantity in layout.variables.items()
        if not quantity.optional
    }
    arrays = {name: np.asarray(values) for name, values in labels.items()}
    texts = {k: v.astype(object) if v.dtype.kind == "U" else v for k, v in arrays.items()}
    return layout.build(zeros | known, texts, attributes, units)


@dataclass
class Cycle:
    """One cycle of a trial as one fit answers it; curves by target."""

    trial: str
    predicted: dict
    reference: dict
    session: str = "s"
    condition: str = "slow"
    cycle: int = 0
    seed: int = 0


def write_answers(folder, subject, units, cycles):
    """Predictions of one person in a folder ``<variant>/<recording>/<split>``."""

    def stacked(curve):
        columns = [[getattr(c, curve)[target] for target in units] for c in cycles]
        return np.concatenate([np.stack(own, axis=1) for own in columns])

    def repeated(key):
        return np.repeat(np.array([getattr(c, key) for c in cycles]), FRAMES)

    labels = {key: repeated(key) for key in ("trial", "session", "condition", "cycle", "seed")}
    rows = len(cycles) * FRAMES
    labels |= {
        "target": list(units),
        "unit": list(units.values()),
        "frame": np.tile(np.arange(FRAMES), len(cycles)),
        "time_s": np.arange(rows) / 100,
        "fold": np.full(rows, "f"),
    }
    data = filled(
        PREDICTIONS,
        labels,
        attributes=Cell("deep_emg", *folder.parts[-3:], subject).names(),
        predicted=stacked("predicted"),
        reference=stacked("reference"),
    )
    write_netcdf(data, folder / subject / "predictions.nc", PREDICTIONS)
    write_about(folder)


def write_about(folder, told="seen", prior="assumed"):
    """What fits in a folder ``<variant>/<recording>/<split>`` say of themselves."""
    about = Cell("deep_emg", *folder.parts[-3:]).names() | {"told": told, "prior": prior}
    FITS.write(about, folder / FITS_FILE)
    (folder / "runs.csv").touch()
