"""How long a whole fit takes through Lightning and MLflow, as a ratio to a bare torch loop.

Both do the same work in turn, several times: the same network, loss, optimiser, batches and
epochs, the loss on the stop trials after each epoch, and the best weights kept. The whole fit also
writes its record: loss curve, figure, errors and model. Loading files and importing is in neither;
each row is the shortest of several repetitions.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from myopinn.config.training import TrainingSettings
from myopinn.dataset.problem import CYCLE_FRAMES, Physics
from myopinn.dataset.recorded import RecordedCycles
from myopinn.dataset.selection import Selection
from myopinn.records.cells import Cell
from myopinn.steps.create_store import create_store
from myopinn.tracking.diary import Diary, runs_of
from myopinn.training.estimators import suit_small_networks
from myopinn.training.fold_cycles import FoldCycles
from myopinn.training.fold_fits import Fits
from myopinn.training.resolved import ResolvedEntry
from myopinn.variants import Variant, load_variant

MUSCLES = tuple(f"muscle{k}" for k in range(12))
CHANNELS = tuple(f"channel{k}" for k in range(8))
SELECTION = Selection(CHANNELS, ("knee",), MUSCLES[:2], Physics("knee"), "training_maximum", True)
# Trials of five cycles; the last trial of each person decides when to stop, the first is tested.
TRIAL_CYCLES = 5


def recorded_cycles(people: int, trials: int) -> RecordedCycles:
    """Make smooth random cycles; the size of the work does not depend on their values."""
    rng = np.random.default_rng(1)
    count = people * trials * TRIAL_CYCLES
    phase = 2 * np.pi * np.arange(CYCLE_FRAMES)[:, None] / CYCLE_FRAMES

    def smooth(names: int) -> np.ndarray:
        return 1.5 + np.sin(phase + rng.uniform(-1, 1, (count, 1, names)))

    person = np.repeat(np.arange(people), trials * TRIAL_CYCLES)
    trial = np.tile(np.repeat(np.arange(trials), TRIAL_CYCLES), people)
    geometry = {
        "coefficient": rng.normal(0, 0.01, (len(MUSCLES), 7)),
        "exponent": np.arange(7)[:, None],
        "centre": np.array([1.0]),
        "half_range": np.array([1.5]),
        "crosses": np.ones((len(MUSCLES), 1)),
        "muscle": np.array(MUSCLES),
        "coordinate": np.array(["knee"]),
    }
    return RecordedCycles(
        selection=SELECTION,
        subjects=tuple(f"p{k}" for k in range(people)),
        muscles=MUSCLES,
        dataset_coordinates=("knee",),
        geometries=(geometry,) * people,
        joint_inertias=(),
        held_coordinates=(),
        person=person,
        cycle=np.arange(count),
        trial=trial.astype(str),
        session=np.full(count, "day"),
        condition=np.full(count, "walk"),
        key=np.array([f"p{p}/{t}" for p, t in zip(person, trial, strict=True)]),
        load_kg=np.zeros(count),
        held_angle=np.zeros((count, 0)),
        time_s=np.tile(np.arange(CYCLE_FRAMES) / CYCLE_FRAMES, (count, 1)),
        envelope=smooth(len(CHANNELS)),
        mvc_envelope=np.ones((count, len(CHANNELS))),
        joint_angle=smooth(1),
        muscle_force=300 * smooth(len(MUSCLES)),
        joint_moment=20 * smooth(1)[..., 0],
        joint_velocity=smooth(1),
        joint_acceleration=smooth(1),
        activation=smooth(len(MUSCLES)),
        muscle_envelope=smooth(len(MUSCLES)),
        muscle_mvc=np.ones((count, len(MUSCLES))),
        calibration=np.zeros(count, dtype=bool),
    )


def bare_loop(variant: Variant, cycles: FoldCycles, settings: TrainingSettings, seed: int) -> float:
    """Do what a fit does in plain torch, and return the best loss on the stop trials."""
    torch.manual_seed(seed)
    model = variant.build(cycles.problem)
    optimiser = torch.optim.AdamW(
        model.parameters(),
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
        fused=True,
    )
    order = torch.Generator().manual_seed(seed)
    best, weights = math.inf, {}
    batches = math.ceil(len(cycles.train) / settings.batch_cycles)
    times = math.ceil(settings.epoch_batches / batches)
    for _ in range(settings.max_epochs):
        model.train()
        for _ in range(times):
            drawn = torch.randperm(len(cycles.train), generator=order)
            for batch in cycles.train.take(drawn).split(settings.batch_cycles):
                optimiser.zero_grad()
                loss = model.loss(model.loss_terms(batch, model(batch)))
                loss.backward()
                optimiser.step()
        model.eval()
        with torch.inference_mode():
            terms = model.loss_terms(cycles.stop, model(cycles.stop))
            stop_loss = model.stop_loss({name: float(value) for name, value in terms.items()})
        if stop_loss < best:
            best = stop_loss
            weights = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(weights)
    return best


def compare(
    name: str, people: int, trials: int, epochs: int, repetitions: int, folder: Path
) -> dict[str, Any]:
    """Time both on one size of work."""
    settings = TrainingSettings(
        max_epochs=epochs, patience=epochs, batch_cycles=8, epoch_batches=8, accelerator="cpu"
    )
    variant = load_variant("cnn", {"physics_weight": 1.0})
    recorded = recorded_cycles(people, trials)
    every = [sorted({k for k in recorded.key if k.startswith(f"{s}/")}) for s in recorded.subjects]
    fold = {
        "name": "fold",
        "subject": "p0",
        "test": [keys[0] for keys in every],
        "stop": [keys[-1] for keys in every],
        "train": [key for keys in every for key in keys[1:-1]],
    }
    bare, whole = [], []
    for seed in range(repetitions):
        with runs_of(folder / "fit", folder / "store.json") as runs:
            entry = ResolvedEntry(variant, SELECTION, replace(settings, seeds=(seed,)))
            diary = Diary(runs, "benchmark", {}, {})
            cell = Cell("muscle_force", variant.name, "made up", "one fold")
            fits = Fits(recorded, entry, diary, cell)
            cycles = fits.cycles.of(fold)
            start = time.perf_counter()
            best = bare_loop(variant, cycles, settings, seed)
            bare.append(time.perf_counter() - start)
            start = time.perf_counter()
            fits.fold(fold)
        whole.append(time.perf_counter() - start)
        # The two must have done the same, to the last digit, or their times say nothing.
        assert fits.runs[-1]["stop_loss"] == best, (fits.runs[-1], best)
    # The shortest of several is the work itself; longer ones waited for other processes.
    bare_s, whole_s = min(bare), min(whole)
    return {
        "work": name,
        "training_cycles": len(cycles.train),
        "epochs": settings.max_epochs,
        "bare_loop_s": round(bare_s, 3),
        "whole_fit_s": round(whole_s, 3),
        "ratio": round(whole_s / bare_s, 3),
    }


def main() -> None:
    """Print the table and, where a path is given, write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    suit_small_networks()
    with tempfile.TemporaryDirectory() as folder:
        create_store(experiments=["benchmark"], server="", store=Path(folder) / "store.json")
        rows = [
            compare(name, people, trials, epochs, arguments.repetitions, Path(folder))
            for name, people, trials, epochs in (
                ("one person, within a session", 1, 6, 50),
                ("five people, across people", 5, 12, 50),
            )
        ]
    writer = csv.DictWriter(sys.stdout, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    if arguments.csv:
        with arguments.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
