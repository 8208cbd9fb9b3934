"""A model, angles and moments that are given take the place of scaling, kinematics and dynamics."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from elbow_laboratory import CENTRE_M, FOREARM_KG, GRAVITY, INERTIA, UPPER_ARM_KG, Laboratory

from myopinn.errors import ConfigError
from myopinn.files.layouts.scale_factors import SCALE_FACTORS
from myopinn.files.processed import ANGLES_FILE, MODEL_FILE, MOMENTS_FILE
from myopinn.formats.external_loads import write_external_loads
from myopinn.formats.opensim_files import read_storage, write_storage
from myopinn.records.trials import Trial
from myopinn.steps.estimate_muscle_forces import estimate_muscle_forces
from myopinn.steps.take_joint_angles import take_joint_angles
from myopinn.steps.take_joint_moments import take_joint_moments
from myopinn.steps.take_model import take_model

NOISE_HZ = 30.0


def moment_of(angle: np.ndarray, acceleration: np.ndarray) -> np.ndarray:
    inertia = INERTIA + FOREARM_KG * CENTRE_M**2
    return inertia * acceleration + FOREARM_KG * GRAVITY * CENTRE_M * np.sin(angle)


@pytest.fixture
def given(laboratory: Laboratory, settings: dict[str, Any]) -> tuple[Laboratory, dict[str, Any]]:
    """A recording of 6 s with noise on its angles, of which the trial is 2 to 4 s."""
    time = np.arange(0, 6.0 + 1e-9, 0.01)
    omega, half = np.pi, np.radians(40)
    angle = np.radians(60) - half * np.cos(omega * time)
    moment = moment_of(angle, half * omega**2 * np.cos(omega * time))
    noise = np.sin(2 * np.pi * NOISE_HZ * time)
    folder = laboratory.root / "data" / "swing"
    write_storage(
        folder / ANGLES_FILE,
        time,
        {"elbow_flexion": np.degrees(angle) + noise},
        in_degrees=True,
        title="angles",
    )
    write_storage(
        folder / MOMENTS_FILE,
        time,
        {"elbow_flexion_moment": moment + noise},
        in_degrees=False,
        title="moments",
    )
    (laboratory.root / "data" / MODEL_FILE).write_bytes(laboratory.generic.read_bytes())
    trial = Trial("v01", "a", "swing_1", "dynamic", "", "swing", start_s=2.0, end_s=4.0)
    laboratory.trials.append(asdict(trial))
    (laboratory.root / "signals" / "swing_1").mkdir(parents=True)
    own = {key: settings[key] for key in ("timeout_s", "muscle_forces")}
    return laboratory, own | {"inverse_dynamics": {"lowpass_hz": 6.0}}


def take(laboratory: Laboratory, settings: dict[str, Any]) -> None:
    common = {**laboratory.common, "settings": settings, "recordings": laboratory.path("data")}
    take_model(**common, model=laboratory.path("model"))
    here = {"signals": laboratory.path("signals"), "model": laboratory.path("model")}
    angles = {"inverse_kinematics": laboratory.path("inverse_kinematics")}
    take_joint_angles(**common, **here, **angles)
    take_joint_moments(
        **common, **here, **angles, inverse_dynamics=laboratory.path("inverse_dynamics")
    )


def test_angles_and_moments_are_filtered_alike_and_cut_to_the_trial(given: Any) -> None:
    laboratory, settings = given
    take(laboratory, settings)
    angles, in_degrees = read_storage(laboratory.root / "inverse_dynamics/swing_1_coordinates.mot")
    moments, _ = read_storage(laboratory.root / "inverse_dynamics/swing_1.sto")
    assert in_degrees
    np.testing.assert_allclose(angles.index, moments.index)
    assert angles.index[[0, -1]].tolist() == pytest.approx([2.0, 4.0])
    time = angles.index.to_numpy()
    pure = 60 - 40 * np.cos(np.pi * time)
    # The filter leaves 2e-4 of 30 Hz, and takes a little of the movement's own 0.5 Hz.
    np.testing.assert_allclose(angles["elbow_flexion"], pure, atol=0.02)
    wanted = moment_of(np.radians(pure), np.radians(40) * np.pi**2 * np.cos(np.pi * time))
    np.testing.assert_allclose(moments["elbow_flexion_moment"], wanted, atol=0.02)
    assert laboratory.value("inverse_kinematics", "swing_1", "angle_max") == pytest.approx(
        101, 0.01
    )


def test_given_moments_are_held_against_those_of_the_model(given: Any) -> None:
    laboratory, settings = given
    # Forces that nothing exerts, so that the model's inverse dynamics is run.
    place = laboratory.root / "signals" / "swing_1"
    time = np.arange(0, 6.01, 0.01)
    names = [f"ground_{what}{axis}" for what in ("force_r_v", "force_r_p") for axis in "xyz"]
    names += [f"ground_torque_r_{axis}" for axis in "xyz"]
    zero = {name: np.zeros_like(time) for name in names}
    write_storage(place / "ground_forces.mot", time, zero, in_degrees=True, title="none")
    feet = {"r": {"body": "forearm"}}
    write_external_loads(place / "external_loads.xml", "ground_forces.mot", feet)
    take(laboratory, settings)
    # 6 Hz at the ends of the piece and the noise's rest leave this much.
    assert laboratory.value("inverse_dynamics", "swing_1", "recomputed_moment_rms") < 0.03
    # Of 30 Hz and one degree the filter leaves accelerations worth 0.02 N.m, beside a moment with a
    # standard deviation of 0.25 N.m.
    assert laboratory.value("inverse_dynamics", "swing_1", "recomputed_moment_r:") > 0.99


def test_known_factors_scale_lengths_muscles_and_mass(given: Any) -> None:
    laboratory, settings = given
    take(laboratory, settings | {"scaling": {"factors": {"forearm": 1.2}, "mass_kg": 7.0}})
    assert laboratory.value("model", "model", "model_mass") == pytest.approx(7.0)
    document = ET.parse(laboratory.root / "model" / "a.osim").getroot()
    masses = {b.get("name"): float(b.findtext("mass")) for b in document.iter("Body")}
    share = FOREARM_KG / (FOREARM_KG + UPPER_ARM_KG)
    assert masses["forearm"] == pytest.approx(7.0 * share)
    centre = document.find(".//Body[@name='forearm']/mass_center").text
    assert float(centre.split()[1]) == pytest.approx(-1.2 * CENTRE_M)
    table = SCALE_FACTORS.read(laboratory.root / "model" / "scale_factors.csv")
    assert table[["x", "y", "z"]].to_numpy().tolist() == [[1.2] * 3]


def test_a_factor_for_no_body_is_answered_with_what_was_meant(given: Any) -> None:
    laboratory, settings = given
    with pytest.raises(ConfigError, match=r"'forarm' is no body.*Did you mean 'forearm'"):
        take(laboratory, settings | {"scaling": {"factors": {"forarm": 1.2}}})


def test_angles_of_another_model_are_refused(given: Any) -> None:
    laboratory, settings = given
    file = laboratory.root / "data" / "swing" / ANGLES_FILE
    file.write_text(file.read_text().replace("elbow_flexion", "elbow_flex"))
    take(laboratory, settings)
    said = laboratory.refusal("inverse_kinematics", "swing_1")
    assert "'elbow_flex' is no coordinate of the model" in said and "elbow_flexion" in said
    assert not (laboratory.root / "inverse_dynamics" / "swing_1.sto").exists()


def test_angles_in_radians_become_degrees(given: Any) -> None:
    laboratory, settings = given
    file = laboratory.root / "data" / "swing" / ANGLES_FILE
    table, _ = read_storage(file)
    turned = {"elbow_flexion": np.radians(table["elbow_flexion"].to_numpy())}
    write_storage(file, table.index.to_numpy(), turned, in_degrees=False, title="angles")
    take(laboratory, settings)
    assert laboratory.value("inverse_kinematics", "swing_1", "angle_max") == pytest.approx(
        101, 0.01
    )


def test_given_moments_are_balanced_whatever_the_model_weighs(given: Any) -> None:
    laboratory, settings = given
    take(laboratory, settings | {"scaling": {"mass_kg": 70.0}})
    settings["muscle_forces"] |= {"solver": "moment_optimization"}
    settings["muscle_forces"]["bounds"]["max_moment_error_n_m"] = 1e-4
    estimate_muscle_forces(
        signals=laboratory.path("signals"),
        model=laboratory.path("model"),
        inverse_dynamics=laboratory.path("inverse_dynamics"),
        settings=settings,
        muscle_forces=laboratory.path("muscle_forces"),
        **laboratory.common,
    )
    assert laboratory.refusal("muscle_forces", "swing_1") == ""
    activation, _ = read_storage(laboratory.root / "muscle_forces/swing_1_activation.sto")
    assert len(activation) == 201
    assert activation["flexor"].mean() > 3 * activation["extensor"].mean()


@pytest.mark.parametrize("least", [0.0, 0.05])
def test_least_activation_agrees_with_a_general_solver(least: float) -> None:
    from scipy.optimize import minimize

    from myopinn.opensim.solvers.moment_optimization import least_activation

    rng = np.random.default_rng(0)
    unit, wanted, reserve = rng.normal(0, 30, (2, 6)), np.array([25.0, -40.0]), 0.5
    found = least_activation(unit, wanted, reserve, (np.full(6, least), np.ones(6)))
    cost = lambda a: a @ a + np.sum(((wanted - unit @ a) / reserve) ** 2)  # noqa: E731
    # Along the balance the cost is a thousand times as steep as across, which needs a method that
    # takes curvature from its own slope.
    other = minimize(
        *(cost, np.full(6, 0.3)),
        jac=lambda a: 2 * a - 2 * unit.T @ (wanted - unit @ a) / reserve**2,
        method="SLSQP",
        bounds=[(least, 1)] * 6,
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert cost(found) <= other.fun + 1e-6
    np.testing.assert_allclose(found, other.x, atol=1e-3)
    assert (found >= least).all() and (found <= 1).all()


def test_a_missing_model_leaves_the_person_out_by_name(given: Any) -> None:
    laboratory, settings = given
    Path(laboratory.root / "data" / MODEL_FILE).unlink()
    take(laboratory, settings)
    assert "model file does not exist" in laboratory.refusal("model", "model")
    assert not (laboratory.root / "model" / "scaled.osim").exists()
