"""A person's folder with the elbow of known motion, and settings that fit it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from elbow_laboratory import RATE_HZ, Laboratory, build_elbow


@pytest.fixture(scope="session")
def generic_elbow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_elbow(tmp_path_factory.mktemp("model") / "generic.osim")


@pytest.fixture
def laboratory(tmp_path: Path, generic_elbow: Path) -> Laboratory:
    return Laboratory(tmp_path, generic_elbow)


@pytest.fixture
def settings() -> dict[str, Any]:
    return {
        "timeout_s": 120,
        "scaling": {
            "measurements": [
                {"name": "upper_arm", "pairs": [["ACR", "EPL"]], "scales": {"humerus": "XYZ"}},
                {
                    "name": "forearm",
                    "pairs": [["RS", "MID"], ["US", "MID"]],
                    "scales": {"forearm": "XYZ"},
                },
            ],
            "max_marker_rms_m": 0.02,
            "max_marker_error_m": 0.03,
        },
        "inverse_kinematics": {"max_marker_rms_m": 0.02, "max_marker_error_m": 0.04},
        "inverse_dynamics": {"lowpass_hz": 6.0, "max_residual_force_fraction": None},
        "muscle_forces": {
            "solver": "static_optimization",
            "muscles": ["flexor", "extensor"],
            "coordinates": ["elbow_flexion"],
            "reserve_n_m": 0.1,
            "other_reserve_n_m": 100.0,
            "bounds": {"max_reserve_share": 0.05, "max_moment_error_n_m": 0.1},
        },
    }


@pytest.fixture
def swing() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Angle, velocity and acceleration of 20 to 100 degrees at 0.5 Hz over 2 s."""
    time = np.arange(0, 2.0 + 1e-9, 1 / RATE_HZ)
    omega, half = np.pi, np.radians(40)
    return (
        np.radians(60) - half * np.cos(omega * time),
        half * omega * np.sin(omega * time),
        half * omega**2 * np.cos(omega * time),
    )
