"""How long one frame takes: the trained network against OpenSim's muscle force solvers.

The same trial of the same person of a study that has been run, one core each: static optimisation
and computed muscle control for the frames that the trial's cycles hold, and the network that was
trained without this person or trial. A network answers a whole cycle at once; the time of one
frame is given both as its share of a large batch and as that of a window asked for alone, as a
controller would. Neither starting OpenSim nor reading files is counted but the solver's own.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.layouts.runs import RUNS
from myopinn.files.netcdf import read_netcdf
from myopinn.steps.read_study import CONFIG_FILE, read_study
from myopinn.tracking.store import fetch_files
from myopinn.training.estimators import suit_small_networks
from myopinn.training.saved_model import SavedModel

SOLVERS = {"static_optimization": {}, "cmc": {"reserve_n_m": 10.0}}
# A solver's own keys do not fit another one.
SHARED = ("muscles", "coordinates", "force_side", "reserve_n_m", "other_reserve_n_m")
REPETITIONS, BATCH_CYCLES = 30, 256


def find_trial(study: Path, recording: str) -> tuple[str, str]:
    """Find a person and a trial with muscle forces."""
    for file in sorted(
        (study / "results" / "opensim" / recording).glob("*/muscle_forces/*_force.sto")
    ):
        return file.parent.parent.name, file.name.removesuffix("_force.sto")
    sys.exit(f"{study}: no muscle forces of {recording}. Remedy: make reproduce STUDY={study}.")


def time_solver(
    study: Path, recording: str, subject: str, trial: str, config: dict[str, Any], solver: str
) -> float:
    """Give the processor seconds that a solver takes for a second of a trial."""
    from myopinn.recordings import laboratory
    from myopinn.steps.estimate_muscle_forces import estimate_muscle_forces

    entry = config["recordings"][recording]
    options = entry["opensim"]["muscle_forces"]
    own = (
        options if options["solver"] == solver else {k: options[k] for k in SHARED if k in options}
    )
    unbounded = {"max_reserve_share": 1e9, "max_moment_error_n_m": 1e9}
    settings = {
        "timeout_s": 3600,
        "muscle_forces": {**own, **SOLVERS[solver], "solver": solver, "bounds": unbounded},
    }
    person = study / "results" / "opensim" / recording / subject
    trials = laboratory(entry["laboratory"]["name"]).list_trials(entry["laboratory"])
    chosen = [asdict(t) for t in trials if t.subject == subject and t.name == trial]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "muscle_forces"
        estimate_muscle_forces(
            signals=str(study / "results" / "signals" / recording / subject),
            model=str(person / "model"),
            inverse_dynamics=str(person / "inverse_dynamics"),
            trials=chosen,
            recording=recording,
            subject=subject,
            settings=settings,
            muscle_forces=str(output),
            geometry=str(person / "muscle_geometry.nc"),
        )
        quality = QUALITY.read(output / "quality.csv")
    return float(quality.set_index("quantity").loc["cpu_time_per_second", "value"])


def time_network(
    study: Path, recording: str, variant: str, subject: str, trial: str
) -> tuple[float, float, float]:
    """Give the seconds of one frame in a large batch and of one window, and a frame's duration."""
    task = "muscle_force"
    data = read_netcdf(study / "results" / "dataset" / recording / f"{subject}.nc", DATASET)
    folders = sorted(
        (study / "results" / "training" / task / variant / recording).glob("*/runs.csv")
    )
    if not folders:
        sys.exit(f"{study}: no fit of {variant} on {recording}.")
    run = RUNS.read(folders[0]).iloc[0]["run_id"]
    store = study / "results" / "mlflow" / "store.json"
    with tempfile.TemporaryDirectory() as files:
        model = SavedModel(fetch_files(store, task, str(run), files) / "model")
    rows = np.flatnonzero(data["trial"].values.astype(str) == trial)
    envelope = data["envelope"].sel(channel=list(model.problem.channels)).values[rows]
    frame_s = float(np.diff(data["time_s"].values[rows]).mean())
    maximum = (
        None
        if model.channel_maximum_v
        else np.nanmax(
            data["mvc_envelope"].sel(channel=list(model.problem.channels)).values, axis=0
        )
    )
    many = np.resize(envelope, (BATCH_CYCLES, *envelope.shape[1:]))
    window = envelope[:1]

    def best(values: np.ndarray) -> float:
        times = []
        for _ in range(REPETITIONS):
            start = time.perf_counter()
            model.predict(values, maximum)
            times.append(time.perf_counter() - start)
        return min(times)

    return best(many) / (BATCH_CYCLES * envelope.shape[1]), best(window), frame_s


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", type=Path, help="a study that has been run")
    parser.add_argument("--variant", default="pi_cnn")
    parser.add_argument("--csv", type=Path, default=Path("benchmarks/results/inference.csv"))
    arguments = parser.parse_args()
    suit_small_networks()
    study = arguments.study.resolve()
    config = read_study(study / CONFIG_FILE)
    rows = []
    for recording in config["tasks"]["muscle_force"]["recordings"]:
        subject, trial = find_trial(study, recording)
        batch_s, window_s, frame_s = time_network(
            study, recording, arguments.variant, subject, trial
        )
        timed = {f"{arguments.variant}, batch": batch_s, f"{arguments.variant}, window": window_s}
        for solver in SOLVERS:
            per_second = time_solver(study, recording, subject, trial, config, solver)
            timed[solver] = per_second * frame_s
        rows += [
            {
                "recording": recording,
                "method": method,
                "frame_us": round(1e6 * value, 1),
                "batch_is_faster": round(value / batch_s, 1),
                "window_is_faster": round(value / window_s, 2),
            }
            for method, value in timed.items()
        ]
    arguments.csv.parent.mkdir(parents=True, exist_ok=True)
    with arguments.csv.open("w", newline="", encoding="utf-8") as file:
        for target in (sys.stdout, file):
            writer = csv.DictWriter(target, rows[0])
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
