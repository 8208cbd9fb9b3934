"""Virtual wrists that went through the whole analysis while their truth was out of reach."""

import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from myopinn.recordings.virtual_wrist import list_trials
from myopinn.steps.build_dataset import build_dataset
from myopinn.steps.convert_signals import convert_signals
from myopinn.steps.estimate_muscle_forces import estimate_muscle_forces
from myopinn.steps.provide_model import provide_model
from myopinn.steps.scale_model import scale_model
from myopinn.steps.simulate_person import simulate_person
from myopinn.steps.solve_inverse_dynamics import solve_inverse_dynamics
from myopinn.steps.solve_inverse_kinematics import solve_inverse_kinematics

MUSCLES = ["FCR", "FCU", "ECRL", "ECRB", "ECU"]
LABORATORY = {
    "name": "virtual_wrist",
    "people": 1,
    "sessions": 1,
    "trials_per_session": 1,
    "trial_s": 5.0,
    "conditions_hz": {"fast": 0.8},
    "emg_rate_hz": 1000.0,
}
SIGNALS = {
    "markers": {"vertical_axis": "z", "forward": {"axis": "x"}, "min_visible": 0.5}
    | {"body_size_m": [0.2, 0.8]},
    "emg": {"channels": {name: f"EMG {name}" for name in MUSCLES}, "state": "raw"}
    | {"band_hz": [20.0, 450.0], "lowpass_hz": 6.0},
    "ground_forces": None,
    "events": None,
}
OPENSIM = {
    "timeout_s": 120,
    "scaling": {
        "measurements": [
            {"name": "forearm", "pairs": [["EL", "RS"], ["EM", "US"]], "scales": {"forearm": "Y"}},
            {"name": "wrist", "pairs": [["RS", "US"]], "scales": {"forearm": "XZ"}},
            {"name": "hand", "pairs": [["RS", "MCP2"], ["US", "MCP5"]], "scales": {"hand": "Y"}},
            {"name": "palm", "pairs": [["MCP2", "MCP5"]], "scales": {"hand": "XZ"}},
        ],
        "marker_weights": {"FA": 0.1, "HB": 0.1},
        "coordinates": {"wrist_flexion": 0.0},
        "max_marker_rms_m": 0.02,
        "max_marker_error_m": 0.04,
    },
    "inverse_kinematics": {"max_marker_rms_m": 0.008, "max_marker_error_m": 0.02},
    "inverse_dynamics": {"lowpass_hz": 6.0, "max_residual_force_fraction": None},
    "muscle_forces": {
        "solver": "static_optimization",
        "muscles": MUSCLES,
        "coordinates": ["wrist_flexion"],
        "reserve_n_m": 0.01,
        "bounds": {"max_reserve_share": 0.05, "max_moment_error_n_m": 0.02},
    },
}
DATASET = {
    "cycle": {"from": "coordinate", "coordinate": "wrist_flexion"}
    | {"prominence_deg": 30.0, "min_s": 0.8, "max_s": 3.0},
    "channels": MUSCLES,
    "coordinates": ["wrist_flexion"],
    "muscles": MUSCLES,
}


class Study:
    """Paths of one recording of one person, and the analysis step by step."""

    def __init__(self, root: Path, laboratory=LABORATORY, opensim=OPENSIM, dataset=DATASET) -> None:
        self.root = root
        self.laboratory, self.opensim, self.cut = laboratory, opensim, dataset
        self.trials = [asdict(trial) for trial in list_trials(laboratory)]
        self.subject = "P01"
        opensim = f"results/opensim/wrist/{self.subject}"
        self.paths = {
            "recordings": root / "data/wrist" / self.subject,
            "truth": root / "data/truth/wrist" / self.subject,
            "generic_model": root / "data/wrist/generic.osim",
            "signals": root / "results/signals/wrist" / self.subject,
            "dataset": root / f"results/dataset/wrist/{self.subject}.nc",
            "quality": root / f"results/dataset/wrist/{self.subject}.csv",
        } | {
            step: root / opensim / step
            for step in ("model", "inverse_kinematics", "inverse_dynamics", "muscle_forces")
        }

    def call(self, function, *names: str, settings) -> None:
        function(
            **{name: str(self.paths[name]) for name in names},
            trials=self.trials,
            recording="wrist",
            subject=self.subject,
            settings=settings,
        )

    def simulate(self) -> None:
        simulate_person(
            recording="wrist",
            subject=self.subject,
            settings=self.laboratory,
            seed=3,
            recordings=self.paths["recordings"],
            truth=self.paths["truth"],
        )
        provide_model(settings=self.laboratory, model=self.paths["generic_model"])

    def analyse(self) -> None:
        self.call(convert_signals, "recordings", "signals", settings=SIGNALS)
        self.call(scale_model, "signals", "generic_model", "model", settings=self.opensim)
        for function, *names in (
            (solve_inverse_kinematics, "model", "inverse_kinematics"),
            (solve_inverse_dynamics, "model", "inverse_kinematics", "inverse_dynamics"),
            (estimate_muscle_forces, "model", "inverse_dynamics", "muscle_forces"),
        ):
            self.call(function, "signals", *names, settings=self.opensim)
        names = ("signals", "inverse_dynamics", "muscle_forces", "dataset", "quality")
        self.call(build_dataset, *names, settings=self.cut)


def went_through(made: Study, safe: Path) -> Study:
    """Take the truth away before the analysis starts and put it back when it is through."""
    made.simulate()
    shutil.move(made.paths["truth"].parents[1], safe / "truth")
    made.analyse()
    shutil.move(safe / "truth", made.paths["truth"].parents[1])
    return made


@pytest.fixture(scope="session")
def study(tmp_path_factory) -> Study:
    """One trial at the metronome."""
    root, safe = tmp_path_factory.mktemp("study"), tmp_path_factory.mktemp("safe")
    return went_through(Study(root), safe)


@pytest.fixture(scope="session")
def reaching(tmp_path_factory) -> Study:
    """Reaches with the usual load at the side, and with a heavy one and the forearm raised."""
    root, safe = tmp_path_factory.mktemp("reaching"), tmp_path_factory.mktemp("safe")
    brisk = {"duration_s": [0.4, 0.7], "dwell_s": [0.0, 0.2]}
    laboratory = {
        **LABORATORY,
        "trials_per_session": 2,
        "conditions_hz": {},
        "reaches": {
            "usual": brisk,
            "turned": {**brisk, "load": 2.0, "gravity_deg": 70.0},
        },
    }
    forces = {**OPENSIM["muscle_forces"], "solver": "moment_optimization"}
    dataset = {
        **DATASET,
        "held": ["forearm_flexion"],
        "cycle": {**DATASET["cycle"], "prominence_deg": 5.0, "min_s": 0.4, "max_s": 5.0},
    }
    return went_through(
        Study(root, laboratory, {**OPENSIM, "muscle_forces": forces}, dataset), safe
    )
