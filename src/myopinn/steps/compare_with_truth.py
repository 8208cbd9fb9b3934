"""Truth against what the analysis recovered: angles, moments, excitations and muscle forces.

No laboratory of living people can be judged like this. The truth of virtual people lies apart from
their recordings; nothing that a method sees is made from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.joint_motion import FILTERED_ANGLES, JOINT_MOMENTS
from myopinn.files.layouts.muscle_solution import MUSCLE_FORCE
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.layouts.recovered import RECOVERED, RECOVERED_CURVES
from myopinn.files.layouts.truth import first_truths, read_truth
from myopinn.files.netcdf import read_netcdf
from myopinn.formats.opensim_files import read_storage
from myopinn.formats.whole import ArtifactError
from myopinn.measures.recovery import (
    ANGLE,
    FORCE,
    MOMENT,
    Series,
    mean_curves,
    series_of_envelopes,
    series_of_table,
    tabulate_series,
)

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def compare_with_truth(
    *,
    truth: Sequence[str | Path],
    signals: Sequence[str | Path],
    inverse_dynamics: Sequence[str | Path],
    muscle_forces: Sequence[str | Path],
    datasets: Sequence[str | Path],
    trials: Sequence[Mapping[str, Any]],
    table: str | Path,
    curves: str | Path,
) -> None:
    """Hold what the analysis recovered of every person and dynamic trial against the truth.

    A trial that a step left out is compared as far as it came.

    Parameters
    ----------
    truth, signals, inverse_dynamics, muscle_forces, datasets : sequence of path
        The folders (of ``datasets``: files) of a recording's people, in the same order.
    trials : sequence of mapping
        The recording's trials (see :class:`myopinn.records.trials.Trial`).
    table : path
        Output. An envelope is divided by the session's largest in maximal contractions and held
        against the excitation.
    curves : path
        Output: mean over the cycles of each person and condition.

    Raises
    ------
    ArtifactError
        Where the lists do not name the same people, or an EMG channel is no muscle of the truth.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    means: list[pd.DataFrame] = []
    for data, *paths in zip(datasets, truth, signals, inverse_dynamics, muscle_forces, strict=True):
        dataset = read_netcdf(data, DATASET)
        whose = {key: str(dataset.attrs[key]) for key in ("recording", "subject")}
        files = Recovered(whose["subject"], *(Path(path) for path in paths))
        compared = [
            (trial, list(files.series(trial["name"], trial["session"], dataset)))
            for trial in trials
            if trial["subject"] == files.subject and trial["kind"] == "dynamic"
        ]
        rows += [row | whose for row in tabulate_series(compared)]
        curve = mean_curves(dataset, {trial["name"]: series for trial, series in compared})
        if len(curve):
            means.append(curve.assign(**whose))
    RECOVERED.write(pd.DataFrame(rows, columns=list(RECOVERED.columns)), table)
    drawn = pd.concat(means, ignore_index=True) if means else RECOVERED_CURVES.empty()
    RECOVERED_CURVES.write(drawn, curves)


@dataclass(frozen=True)
class Recovered:
    """Where the truth and the analysis of one person are.

    Raises
    ------
    ArtifactError
        Where they are not of the same person.
    """

    subject: str
    truth: Path
    signals: Path
    inverse_dynamics: Path
    muscle_forces: Path

    def __post_init__(self) -> None:
        found = {subject for _, subject in first_truths([self.truth])}
        for folder in (self.signals, self.inverse_dynamics, self.muscle_forces):
            found |= set(QUALITY.read(folder / "quality.csv")["subject"])
        strangers = sorted(found - {self.subject})
        if strangers:
            raise ArtifactError(
                f"the dataset of {self.subject} cannot be held against what is of "
                f"{', '.join(strangers)}."
            )

    def series(self, trial: str, session: str, dataset: xr.Dataset) -> Iterator[Series]:
        """Give all that the analysis recovered of a trial, with its truth.

        Parameters
        ----------
        dataset : Dataset
            Of the person: its coordinates are the joints that are compared (a base that is carried
            is none), and its envelopes of maximal contractions are what envelopes are divided by.

        Raises
        ------
        ArtifactError
            Where an EMG channel is no muscle of the truth.
        """
        if not (self.truth / f"{trial}.nc").is_file():
            return
        true = read_truth(self.truth, trial)
        joints = [n for n in dataset["coordinate"].values if n in true["coordinate"].values]
        true = true.sel(coordinate=joints)
        for path, quantity, variable, ending in (
            (FILTERED_ANGLES.path(self.inverse_dynamics, trial), ANGLE, "joint_angle", ""),
            (JOINT_MOMENTS.path(self.inverse_dynamics, trial), MOMENT, "joint_moment", "_moment"),
            (MUSCLE_FORCE.path(self.muscle_forces, trial), FORCE, "tendon_force", ""),
        ):
            if path.is_file():
                yield from series_of_table(true[variable], *read_storage(path), quantity, ending)
        envelopes = self.signals / trial / "envelopes.nc"
        if envelopes.is_file():
            seen = read_netcdf(envelopes, ENVELOPES)["envelope"]
            mvc = dataset["mvc_envelope"]
            own = mvc.sel(session=mvc["session"] == session)
            yield from series_of_envelopes(true["excitation"], seen, own)
