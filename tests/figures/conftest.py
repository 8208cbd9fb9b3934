"""A study's files with known numbers: gait-like curves of made-up people."""

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from myopinn.errors import TrialError
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.envelope_errors import ANY_ERRORS
from myopinn.files.layouts.findings import FINDINGS
from myopinn.files.layouts.fits import FITS, FITS_FILE
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.layouts.quality import write_quality
from myopinn.files.netcdf import write_netcdf
from myopinn.files.tables import NUMBER, WHOLE
from myopinn.records.cells import Cell
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial
from myopinn.steps.compare_variants import compare_variants
from myopinn.steps.resolve_entries import resolve_entries
from myopinn.steps.state_findings import DEFAULTS, state_findings

PHASE = np.arange(100) / 100
KNEE = np.deg2rad(
    5 + 15 * np.exp(-(((PHASE - 0.15) / 0.08) ** 2)) + 60 * np.exp(-(((PHASE - 0.73) / 0.1) ** 2))
)


def force(peak: float, at: float, width: float = 0.12) -> np.ndarray:
    """Give a muscle's force over the cycle, N, shape (frame,)."""
    around = np.minimum(np.abs(PHASE - at), 1 - np.abs(PHASE - at))
    return 8 + peak * np.exp(-((around / width) ** 2))


@dataclass
class StudyMaker:
    """Writes the files of a study of ``people`` under ``root``.

    ``targets`` maps a name to its unit; targets in rad are knee angles, others forces in N.
    """

    root: Path
    people: int = 4
    conditions: tuple[str, ...] = ("preferred", "fast")
    recording: str = "walk"

    @property
    def subjects(self) -> list[str]:
        return [f"s{k + 1:02d}" for k in range(self.people)]

    def curves(self, targets: Mapping[str, str], subject: int, condition: int) -> np.ndarray:
        """Give the reference of a person in a condition, shape (frame, target)."""
        rng = np.random.default_rng([subject, 1])
        gain, shift = rng.normal(1 + 0.2 * condition, 0.12), round(rng.normal(0, 2))
        columns = []
        for k, unit in enumerate(targets.values()):
            base = KNEE if unit == "rad" else force(90 * (k + 1), 0.1 + 0.17 * k)
            columns.append(gain * np.roll(base, shift))
        return np.stack(columns, axis=1)

    def predictions(
        self,
        variants: Mapping[str, float],
        targets: Mapping[str, str],
        split: str = "across_people",
        seeds: Sequence[int] = (0,),
        missing: Sequence[tuple[str, str]] = (),
        absent: Sequence[tuple[str, str]] = (),
    ) -> list[Path]:
        """Write predictions off in proportion to each variant's value; give each one's folder.

        ``missing`` lists (variant, subject) without a file, ``absent`` (variant, target) that the
        variant does not predict.
        """
        folders = []
        for v, (variant, error) in enumerate(variants.items()):
            folder = self.root / "training" / "force" / variant / self.recording / split
            for s, subject in enumerate(self.subjects):
                if (variant, subject) in missing:
                    continue
                reference, predicted, keys = [], [], []
                for c, condition in enumerate(self.conditions):
                    true = self.curves(targets, s, c)
                    for seed in seeds:
                        rng = np.random.default_rng([v, s, c, seed])
                        size = error * np.ptp(true, axis=0)
                        size[[(variant, target) in absent for target in targets]] = np.nan
                        smooth = np.cos(2 * np.pi * (PHASE[:, None] + rng.random(len(targets))))
                        reference.append(true)
                        predicted.append(true + size * (smooth + rng.normal(0, 0.5, len(targets))))
                        keys += [(condition, c, k, seed) for k in range(100)]
                trial, cycle, frame, seed = (np.array(column) for column in zip(*keys, strict=True))
                dataset = PREDICTIONS.build(
                    {
                        "predicted": np.concatenate(predicted),
                        "reference": np.concatenate(reference),
                    },
                    {
                        "target": np.array(list(targets), dtype=object),
                        "unit": np.array(list(targets.values()), dtype=object),
                        "trial": trial.astype(object),
                        "session": np.full(len(trial), "one", dtype=object),
                        "condition": trial.astype(object),
                        "cycle": cycle,
                        "frame": frame,
                        "time_s": frame / 100,
                        "fold": np.full(len(trial), subject, dtype=object),
                        "seed": seed,
                    },
                    Cell("force", variant, self.recording, split, subject).names(),
                )
                (folder / subject).mkdir(parents=True, exist_ok=True)
                write_netcdf(dataset, folder / subject / "predictions.nc", PREDICTIONS)
            folder.mkdir(parents=True, exist_ok=True)
            write_fits(folder, Cell("force", variant, self.recording, split))
            folders.append(folder.parent)
        return folders

    def datasets(self, muscles: Sequence[str], channels: Sequence[str]) -> list[Path]:
        """Write the people's datasets, two cycles per condition."""
        files = []
        joints = ("hip_flexion_r", "knee_angle_r")
        for s, subject in enumerate(self.subjects):
            cycles = [(c, k) for c in range(len(self.conditions)) for k in range(2)]
            gain = np.array([1 + 0.25 * c + 0.02 * k + 0.2 * np.sin(s) for c, k in cycles])
            knee = np.stack([KNEE - 0.2, KNEE], axis=1)

            def per_cycle(curve: np.ndarray, gain=gain) -> np.ndarray:
                return gain[:, None, None] * curve

            forces = np.stack([force(80 + 40 * m, 0.1 + 0.1 * m) for m in range(len(muscles))], 1)
            emg = np.stack([1e-6 * force(60, 0.15 + 0.1 * m) for m in range(len(channels))], 1)
            shape = (len(cycles), 100)
            values = {
                "envelope": per_cycle(emg),
                "joint_angle": per_cycle(knee),
                "joint_velocity": np.zeros((*shape, 2)),
                "joint_acceleration": np.zeros((*shape, 2)),
                "joint_moment": per_cycle(40 * np.sin(4 * np.pi * PHASE)[:, None] * [1.5, 1.0]),
                "muscle_force": per_cycle(forces),
                "activation": per_cycle(forces / 1000),
                "reserve_moment": np.zeros((*shape, 2)),
                "time_s": np.tile(PHASE, (len(cycles), 1)),
                "mvc_envelope": np.full((1, len(channels)), np.nan),
                "held_angle": np.zeros((len(cycles), 0)),
            }
            labels = {
                "trial": [f"{self.conditions[c]}_1" for c, _ in cycles],
                "trial_session": ["one"] * len(cycles),
                "condition": [self.conditions[c] for c, _ in cycles],
                "channel": list(channels),
                "coordinate": list(joints),
                "muscle": list(muscles),
                "session": ["one"],
                "held": [],
            }
            coordinates = {k: np.array(v, dtype=object) for k, v in labels.items()}
            dataset = DATASET.build(
                values,
                {**coordinates, "load_kg": np.zeros(len(cycles))},
                {"recording": self.recording, "subject": subject},
            )
            file = self.root / "dataset" / self.recording / f"{subject}.nc"
            file.parent.mkdir(parents=True, exist_ok=True)
            write_netcdf(dataset, file, DATASET)
            files.append(file)
        return files

    def quality(self) -> tuple[list[dict[str, object]], list[Path]]:
        """Write the quality of every trial; the last person's fast walk fails in two ways."""
        trials, logs = [], []
        rng = np.random.default_rng(0)
        for s, subject in enumerate(self.subjects):
            log = QualityLog(self.recording, subject, "solve_inverse_kinematics")
            last = QualityLog(self.recording, subject, "build_dataset")
            for condition in self.conditions:
                name = f"{condition}_1"
                trial = Trial(subject, "one", name, "dynamic", condition, f"{name}.c3d")
                trials.append({"recording": self.recording, **asdict(trial)})
                bad = s == self.people - 1 and condition == "fast"
                with log.guard(name, session="one"):
                    log.measure(name, "angle_min:knee_angle_r", rng.normal(2, 1), "deg")
                    log.measure(name, "angle_max:knee_angle_r", rng.normal(66, 3), "deg")
                    rms = 0.051 if bad else rng.uniform(0.012, 0.03)
                    log.measure(name, "marker_rms", rms, "m", at_most=0.04)
                    last.measure(name, "cycles", 2, "", at_least=1)
                if bad:
                    broken = Trial(subject, "one", "cut_1", "dynamic", condition, "cut_1.c3d")
                    trials.append({"recording": self.recording, **asdict(broken)})
                    log.reject("cut_1", TrialError("the file ends early.", file="cut_1.c3d"))
            geometry = QualityLog(self.recording, subject, "fit_muscle_geometry")
            if s == 0:
                geometry.reject("muscle geometry", TrialError("no path of soleus_r."))
            for record in (log, last, geometry):
                path = self.root / "logs" / subject / record.step / "quality.csv"
                write_quality(record, path)
                logs.append(path)
        return trials, logs


def write_fits(folder: Path, cell: Cell) -> Path:
    """Write what every folder of fits has; give that of the entry's recording."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "runs.csv").touch()
    FITS.write(
        {**cell.names(), "told": "EMG up to now; own trials", "prior": ""}, folder / FITS_FILE
    )
    return folder.parent


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table as anybody would who knows nothing of it but that names are text."""
    names = dict.fromkeys(("variant", "versus", "level", "subject", "note", "unit", "trial"), str)
    table = pd.read_csv(path, keep_default_na=False, na_values=["", "nan"], dtype=names)
    return table.fillna(dict.fromkeys(names, ""))


@pytest.fixture
def study(tmp_path: Path) -> StudyMaker:
    return StudyMaker(tmp_path)


SELECTION = {
    "channels": ["vasmed"],
    "coordinates": ["knee"],
    "muscles": ["recfem"],
    "emg_normalisation": "mvc",
    "time_input": True,
}


def write_resolved(path: Path, entries, recording: str = "walk", **questions) -> dict:
    """Write what the entries of a task and of its questions come to, as the flow does."""
    resolve_entries(
        task="muscle_force",
        entries={"": entries, **questions},
        recordings={recording: SELECTION},
        training={"seeds": [0], "max_epochs": 9, "learning_rate": 0.003},
        resolved=path,
    )
    return json.loads(path.read_text(encoding="utf-8"))


def write_errors(table: pd.DataFrame, path: Path) -> Path:
    """Write a table of errors; what a test does not ask for is filled in."""
    filling = {NUMBER: 1.0, WHOLE: 1}
    missing = {
        name: filling.get(column.kind, "")
        for name, column in ANY_ERRORS.columns.items()
        if name not in table and not column.optional
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    ANY_ERRORS.write(table.assign(**missing), path)
    return path


def state(root: Path, errors: pd.DataFrame, settings, resolved=None, **tables) -> pd.DataFrame:
    """Compare entries and state the findings through the files, as the flow does."""
    paths = {"errors": write_errors(errors, root / "errors.csv")}
    paths["comparison"] = root / "comparison.csv"
    compare_variants(settings=settings, **paths)
    if resolved is None:
        # Each of a variant of its own.
        resolved, entries = root / "resolved.json", {v: {"variant": v} for v in errors["variant"]}
        places = {"": dict.fromkeys(errors["recording"], entries)}
        meanings = {v: {} for v in entries}
        resolved.write_text(json.dumps({"task": "t", "settings": places, "meanings": meanings}))
    findings = root / "findings.csv"
    state_findings(
        task="t", settings=settings, resolved=resolved, findings=findings, **paths, **tables
    )
    return FINDINGS.read(findings)


def written(rows: list[dict], path: Path) -> pd.DataFrame:
    """Give rows of findings as a reader of their table has them."""
    complete = [{**DEFAULTS, **row} for row in rows]
    FINDINGS.write(pd.DataFrame(complete, columns=list(FINDINGS.columns)), path)
    return FINDINGS.read(path)


DRAWING = (
    *("predictions", "traces", "errors", "motion", "quality", "losses"),
    *("critical_difference", "true_errors", "question", "explained"),
)


@pytest.fixture
def drawn(monkeypatch):
    """Keep every figure and write only its table; the image files have a test of their own."""
    kept = []
    for name in DRAWING:
        module = import_module(f"myopinn.figures.{name}")

        def keep(figure, table, *, layout, csv, **_):
            layout.write(table, csv)
            kept.append(figure)

        monkeypatch.setattr(module, "save", keep)
    return kept


def assert_nothing_is_cut_off(figure):
    """Hold all that is drawn to the inside of the page, and legends apart from the panels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with warnings.catch_warnings():
        # That a figure is too small for what stands in it is a warning of the layout.
        warnings.simplefilter("error")
        FigureCanvasAgg(figure).draw()
    renderer = figure.canvas.get_renderer()
    drawn, (width, height) = figure.get_tightbbox(renderer), figure.get_size_inches()
    # In inches; a hundredth is less than a pixel on the screen.
    assert min(drawn.x0, drawn.y0) >= -0.01, drawn
    assert drawn.x1 <= width + 0.01, drawn
    assert drawn.y1 <= height + 0.01, drawn
    for legend in figure.legends:
        box = legend.get_window_extent(renderer)
        for axes in figure.axes:
            assert not box.overlaps(axes.get_window_extent(renderer)), "legend over a panel"
    for axes in figure.axes:
        labels = [t for t in axes.get_xticklabels() if t.get_text() and axes.axison]
        boxes = [t.get_window_extent(renderer) for t in labels if t.get_rotation() == 0]
        for left, right in pairwise(sorted(boxes, key=lambda box: box.x0)):
            assert left.x1 <= right.x0 + 1, "labels of the x axis overlap"
