"""Small people whose forces and angles follow from their EMG by a known rule."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from myopinn.dataset.problem import CYCLE_FRAMES
from myopinn.files.layouts.dataset import DATASET, SEEN, SEEN_MOTION
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.physics.geometry import PathPolynomials
from myopinn.steps.create_store import create_store
from myopinn.variants import find_variant

CHANNELS = ("flexor", "extensor")
COORDINATES = ("hip", "knee")
# The first three cross the knee; `biarticular` crosses the hip as well, `gluteus` the hip alone.
MUSCLES = ("flexor", "extensor", "biarticular", "gluteus")
EXPONENT = np.array([[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [2, 0], [1, 1], [1, 2]])
CROSSES = np.array([[0, 1], [0, 1], [1, 1], [1, 0]])
CENTRE, HALF_RANGE = np.array([0.2, 0.8]), np.array([0.9, 1.2])
# What a variant needs in these studies: no electrode lies over the third muscle of the knee.
VARIANT_SETTINGS = {
    "emg_driven": {"driven_by": {"biarticular": ["flexor", "extensor"]}},
    # More frames than the small fold has, so that none are drawn there.
    "svr": {"max_frames": 2000},
    # An entry of its own name: the same network, trained for the joint's equation as well.
    "pi_cnn": {"variant": "cnn", "physics_weight": 1.0},
}

# The folds are of this split, though some test one person by others.
SPLIT = "within_session"


@dataclass
class Study:
    """Paths of the files of some people, and the arguments of `train_variant` for them."""

    folder: Path
    datasets: list[str] = field(default_factory=list)
    geometries: list[str] = field(default_factory=list)
    folds: str = ""
    store: str = ""

    def arguments(self, variant: str, predictions: str, **changed) -> dict:
        return {
            "datasets": self.datasets,
            "geometries": self.geometries,
            "folds": [self.folds],
            "store": self.store,
            "task": "muscle_force",
            "variant": variant,
            "recording": "synthetic",
            "settings": settings(),
            "variant_settings": VARIANT_SETTINGS.get(variant, {}),
            "selection": selection(),
            "code": "abc",
            "predictions": str(self.folder / predictions),
            **changed,
        }


def settings(**changed) -> dict:
    return {
        "seeds": [1],
        "max_epochs": 6,
        "patience": 6,
        "batch_cycles": 8,
        "learning_rate": 0.003,
        "weight_decay": 0.0001,
        "accelerator": "cpu",
        **changed,
    }


def selection(**changed) -> dict:
    return {
        "channels": list(CHANNELS),
        "coordinates": ["knee"],
        "muscles": ["flexor", "extensor"],
        "physics": {"coordinate": "knee", "kind": "moment_balance"},
        "emg_normalisation": "training_maximum",
        "time_input": True,
        **changed,
    }


def geometry_arrays(person: int) -> dict:
    """Paths of one person: moment arms of some centimetres that change with both joints."""
    rng = np.random.default_rng(100 + person)
    coefficient = rng.normal(0, 0.004, (len(MUSCLES), len(EXPONENT)))
    coefficient[:, 0] = 0.3
    coefficient[:, 1] = np.array([0.05, -0.05, 0.03, 0.0]) * (1 + 0.2 * rng.normal(size=4))
    for m, joints in enumerate(CROSSES):
        coefficient[m, (EXPONENT[:, joints == 0] > 0).any(axis=1)] = 0.0
    return {
        "coefficient": coefficient,
        "exponent": EXPONENT,
        "centre": CENTRE,
        "half_range": HALF_RANGE,
        "crosses": CROSSES,
        # Slack tendon and fibre together are as long as the path in the middle of its range.
        "max_isometric_force": np.array([1500.0, 2500.0, 800.0, 1000.0]),
        "optimal_fiber_length": np.array([0.10, 0.12, 0.15, 0.10]),
        "tendon_slack_length": np.array([0.20, 0.18, 0.15, 0.20]),
        "pennation_angle_at_optimal": np.array([0.0, 0.2, 0.1, 0.0]),
        "muscle": np.array(MUSCLES, dtype=object),
        "coordinate": np.array(COORDINATES, dtype=object),
    }


def paths(person: int) -> PathPolynomials:
    arrays = geometry_arrays(person)
    names = ("coefficient", "exponent", "centre", "half_range")
    return PathPolynomials(*(torch.as_tensor(arrays[name]) for name in names))


def write_geometry(path: Path, person: int) -> None:
    arrays = geometry_arrays(person)
    variables = {k: v for k, v in arrays.items() if k not in ("muscle", "coordinate")}
    labels = {k: arrays[k] for k in ("muscle", "coordinate")}
    rms = {"moment_arm_rms": np.zeros(CROSSES.shape), "length_rms": np.zeros(len(MUSCLES))}
    whose = {"recording": "synthetic", "subject": path.stem.removesuffix("_geometry")}
    write_netcdf(GEOMETRY.build({**variables, **rms}, labels, whose), path, GEOMETRY)


def cycle_values(person: int, rng: np.random.Generator, cycles: int) -> dict:
    """Envelopes, and the angles, forces and moments that follow from them at each frame."""
    phase = 2 * np.pi * np.arange(CYCLE_FRAMES) / CYCLE_FRAMES
    size = rng.uniform(0.3, 1.0, (cycles, 2, 1))
    shift = rng.uniform(-0.4, 0.4, (cycles, 2, 1)) + np.array([0.0, np.pi])[:, None]
    effort = size * (0.55 + 0.45 * np.sin(phase + shift))
    flexor, extensor = effort[:, 0], effort[:, 1]
    knee = 0.8 + 0.7 * (flexor - extensor)
    hip = rng.uniform(0.1, 0.5, (cycles, 1)) * np.cos(phase)
    force = np.stack([900 * flexor, 1500 * extensor, 300 * flexor * extensor, 200 + 0 * knee], -1)
    angle = np.stack([hip, knee], -1)
    arms = paths(person).moment_arm(torch.as_tensor(angle).permute(2, 0, 1))
    moment = (arms * torch.as_tensor(force).permute(2, 0, 1)[:, None]).sum(0).permute(1, 2, 0)
    return {
        "envelope": 1e-4 * np.stack([flexor, extensor], -1),
        "joint_angle": angle,
        "joint_moment": moment.numpy(),
        "muscle_force": force,
    }


def write_dataset(path: Path, person: int, trials: int = 6, cycles: int = 4, **changed) -> None:
    """Two sessions in turn; `changed` replaces variables by name."""
    rng = np.random.default_rng(person)
    count = trials * cycles
    values = cycle_values(person, rng, count)
    joint = (count, CYCLE_FRAMES, len(COORDINATES))
    duration = rng.uniform(0.9, 1.2, (count, 1))
    trial = np.repeat(np.arange(trials), cycles)
    variables = {
        **values,
        "joint_velocity": np.zeros(joint),
        "joint_acceleration": np.zeros(joint),
        "reserve_moment": np.full(joint, 2.0),
        "activation": np.zeros((count, CYCLE_FRAMES, len(MUSCLES))),
        "time_s": duration * np.arange(CYCLE_FRAMES) / CYCLE_FRAMES,
        "mvc_envelope": np.array([[2e-4, 2e-4], [np.nan, np.nan]]),
        "held_angle": np.zeros((count, 0)),
        **changed,
    }
    labels = {
        "trial": np.array([f"walk{k}" for k in trial], dtype=object),
        "trial_session": np.array([f"day{k % 2}" for k in trial], dtype=object),
        "condition": np.array(["slow"] * count, dtype=object),
        "load_kg": np.zeros(count),
        "held": np.array([], dtype=object),
        "channel": np.array(CHANNELS, dtype=object),
        "coordinate": np.array(COORDINATES, dtype=object),
        "muscle": np.array(MUSCLES, dtype=object),
        "session": np.array(["day0", "day1"], dtype=object),
    }
    whose = {"recording": "synthetic", "subject": Path(path).stem}
    write_netcdf(DATASET.build(variables, labels, whose), path, DATASET)


def change_dataset(path: str, *trials: str, **changes) -> None:
    """Replace values of trials, one by one; each change is a function of a trial's array."""
    data = read_netcdf(path, DATASET)
    for trial in trials:
        rows = np.flatnonzero(data["trial"].values.astype(str) == trial)
        for name, change in changes.items():
            data[name][rows] = change(data[name].values[rows])
    write_netcdf(data, path, DATASET)


def suit(study: Study, variant: str) -> None:
    """Have a clock cut the datasets where a variant answers nothing else."""
    if "cycles" in find_variant(variant).forms:
        return
    for path in study.datasets:
        data = read_netcdf(path, DATASET)
        trial = data["trial"].values.astype(str)
        for name in SEEN:
            values = data[name.replace("seen_", "joint_" if name in SEEN_MOTION else "")].values
            about = DATASET.variables[name]
            data[name] = about.dims, with_lead(values, trial), {"units": about.units}
        write_netcdf(data, path, DATASET)


def with_lead(values: np.ndarray, trial: np.ndarray) -> np.ndarray:
    """Return what came before each piece, two others at most, and the piece itself.

    Before a trial begins all is as in its first frame.
    """
    pieces = []
    for row, piece in enumerate(values):
        near = slice(max(row - 2, 0), row)
        before = values[near][trial[near] == trial[row]].reshape(-1, piece.shape[-1])
        known = np.concatenate([before, piece])
        missing = 3 * CYCLE_FRAMES - len(known)
        pieces.append(np.concatenate([np.repeat(known[:1], missing, axis=0), known]))
    return np.stack(pieces)


def write_folds(path: Path, folds: list[dict]) -> None:
    content = {"recording": "synthetic", "split": path.stem, "folds": folds, "dropped": []}
    path.write_text(json.dumps(content))


def fold(subject: str, train: list[int], stop: list[int], test: list[int]) -> dict:
    def keys(numbers: list[int]) -> list[str]:
        return [f"{subject}/walk{k}" for k in numbers]

    return {
        "name": f"{subject}_{'_'.join(map(str, test))}",
        "subject": subject,
        "train": keys(train),
        "stop": keys(stop),
        "test": keys(test),
    }


def mixed_fold() -> dict:
    """Trained on one person, stopped by another, tested on a third."""
    everything = [f"walk{k}" for k in range(6)]
    parts = {"train": ("ada", "ben"), "test": ("eve",)}
    keys = {part: [f"{s}/{t}" for s in who for t in everything] for part, who in parts.items()}
    stop = keys["train"][4:6]
    return {
        "name": "eve",
        "subject": "eve",
        "train": [k for k in keys["train"] if k not in stop],
        "stop": stop,
        "test": keys["test"],
    }


def make_study(folder: Path) -> Study:
    study = Study(folder, store=str(folder / "mlflow" / "store.json"))
    for person, subject in enumerate(("ada", "ben", "eve")):
        dataset, geometry = folder / f"{subject}.nc", folder / f"{subject}_geometry.nc"
        write_dataset(dataset, person)
        write_geometry(geometry, person)
        study.datasets.append(str(dataset))
        study.geometries.append(str(geometry))
    study.folds = str(folder / f"{SPLIT}.json")
    write_folds(Path(study.folds), [fold("ada", [0, 1, 2, 3], [4], [5]), mixed_fold()])
    create_store(experiments=["muscle_force"], server="", store=study.store)
    return study
