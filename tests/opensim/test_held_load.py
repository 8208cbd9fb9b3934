"""A load held in the hand is in the moments, to the kilogram, and in the muscle forces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import opensim as osim
import pytest
from elbow_laboratory import CENTRE_M, FOREARM_KG, GRAVITY, INERTIA, Laboratory

from myopinn.errors import TrialError
from myopinn.formats.opensim_files import read_storage
from myopinn.opensim.held_load import LOAD_BODY, model_with_load
from myopinn.steps.estimate_muscle_forces import estimate_muscle_forces
from myopinn.steps.solve_inverse_dynamics import solve_inverse_dynamics

Swing = tuple[np.ndarray, np.ndarray, np.ndarray]
REACH_M, SPIN = 0.3, 0.002  # where the load is held, and its kg.m^2 for each kg


@pytest.fixture
def with_hand(laboratory: Laboratory, tmp_path: Path) -> Laboratory:
    """Give the forearm a body for the load, of 0.5 kg until a trial says otherwise."""
    model = osim.Model(str(laboratory.generic))
    inertia = osim.Inertia(*[0.5 * SPIN] * 3)
    load = osim.Body(LOAD_BODY, 0.5, osim.Vec3(0), inertia)
    forearm = model.getBodySet().get("forearm")
    place, zero = osim.Vec3(0, -REACH_M, 0), osim.Vec3(0)
    model.addBody(load)
    model.addJoint(osim.WeldJoint("grip", forearm, place, zero, load, zero, zero))
    model.finalizeConnections()
    laboratory.generic = tmp_path / "with_hand.osim"
    model.printToXML(str(laboratory.generic))
    return laboratory


def prepare(laboratory: Laboratory, swing: Swing, load_kg: float) -> None:
    laboratory.use_generic_as_scaled()
    laboratory.add("swing", {"none": np.zeros((2, 3))})
    laboratory.trials[0]["load_kg"] = load_kg
    laboratory.write_angles("swing", np.degrees(swing[0]))


def solve(laboratory: Laboratory, settings: dict[str, Any]) -> np.ndarray:
    solve_inverse_dynamics(
        signals=laboratory.path("signals"),
        model=laboratory.path("model"),
        inverse_kinematics=laboratory.path("inverse_kinematics"),
        settings=settings,
        inverse_dynamics=laboratory.path("inverse_dynamics"),
        **laboratory.common,
    )
    assert laboratory.refusal("inverse_dynamics", "swing") == ""
    moments, _ = read_storage(laboratory.root / "inverse_dynamics/swing.sto")
    return moments["elbow_flexion_moment"].to_numpy()


def by_hand(swing: Swing, load_kg: float) -> np.ndarray:
    q, _, acceleration = swing
    inertia = INERTIA + FOREARM_KG * CENTRE_M**2 + load_kg * (REACH_M**2 + SPIN)
    return inertia * acceleration + GRAVITY * np.sin(q) * (
        FOREARM_KG * CENTRE_M + load_kg * REACH_M
    )


@pytest.mark.parametrize("load_kg", [0.0, 2.0])
def test_moments_are_those_of_the_load_of_the_trial(
    with_hand: Laboratory, settings: dict[str, Any], swing: Swing, load_kg: float
) -> None:
    prepare(with_hand, swing, load_kg)
    settings["inverse_dynamics"]["lowpass_hz"] = 20.0  # leaves the swing of 0.5 Hz as it is
    found = solve(with_hand, settings)
    inner = slice(20, -20)
    # Filter and spline at 0.5 Hz leave a few mN.m; half the empty load's weight would be 1.5 N.m.
    np.testing.assert_allclose(found[inner], by_hand(swing, load_kg)[inner], atol=0.02)


def test_muscles_balance_the_moment_with_the_load(
    with_hand: Laboratory, settings: dict[str, Any], swing: Swing
) -> None:
    short = tuple(values[:101] for values in swing)
    prepare(with_hand, short, 1.5)
    solve(with_hand, settings)
    estimate_muscle_forces(
        signals=with_hand.path("signals"),
        model=with_hand.path("model"),
        inverse_dynamics=with_hand.path("inverse_dynamics"),
        settings=settings,
        muscle_forces=with_hand.path("muscle_forces"),
        **with_hand.common,
    )
    # The moment balance is held to 0.1 N.m; without the load 3 N.m would be missing.
    assert with_hand.refusal("muscle_forces", "swing") == ""
    assert with_hand.value("muscle_forces", "swing", "moment_balance_max") < 0.1


def test_a_load_that_no_body_can_hold_is_refused_by_name(
    laboratory: Laboratory, settings: dict[str, Any], swing: Swing
) -> None:
    prepare(laboratory, swing, 3.0)
    solve_inverse_dynamics(
        signals=laboratory.path("signals"),
        model=laboratory.path("model"),
        inverse_kinematics=laboratory.path("inverse_kinematics"),
        settings=settings,
        inverse_dynamics=laboratory.path("inverse_dynamics"),
        **laboratory.common,
    )
    assert "has a load of 3 kg, but the model has no body 'load'" in laboratory.refusal(
        "inverse_dynamics", "swing"
    )


@pytest.mark.parametrize("load_kg", [-1.0, float("nan"), float("inf")])
def test_what_is_no_mass_is_refused(generic_elbow: Path, tmp_path: Path, load_kg: float) -> None:
    with pytest.raises(TrialError, match=r"the load is .* kg"):
        model_with_load(generic_elbow, load_kg, tmp_path / "loaded.osim")


def test_without_a_load_nothing_is_written(generic_elbow: Path, tmp_path: Path) -> None:
    assert model_with_load(generic_elbow, 0.0, tmp_path / "loaded.osim") == generic_elbow
    assert not (tmp_path / "loaded.osim").exists()
