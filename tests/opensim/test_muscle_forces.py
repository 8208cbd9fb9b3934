"""Whatever the solver, muscle moments and reserves must add up to inverse dynamics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from elbow_laboratory import CENTRE_M, FOREARM_KG, GRAVITY, INERTIA, Laboratory

from myopinn.errors import ConfigError
from myopinn.formats.opensim_files import read_storage, write_storage
from myopinn.steps.estimate_muscle_forces import estimate_muscle_forces

ROOM = "muscle_forces"
Swing = tuple[np.ndarray, np.ndarray, np.ndarray]


def _prepare(laboratory: Laboratory, swing: Swing, offset_n_m: float = 0.0) -> None:
    q, _, acceleration = swing
    laboratory.use_generic_as_scaled()
    laboratory.add("swing", {"none": np.zeros((2, 3))})
    folder = laboratory.root / "inverse_dynamics"
    time = np.arange(len(q)) / 100
    moment = (INERTIA + FOREARM_KG * CENTRE_M**2) * acceleration
    moment += FOREARM_KG * GRAVITY * CENTRE_M * np.sin(q) + offset_n_m
    write_storage(
        folder / "swing_coordinates.mot",
        time,
        {"elbow_flexion": np.degrees(q)},
        in_degrees=True,
        title="angles",
    )
    write_storage(
        folder / "swing.sto",
        time,
        {"elbow_flexion_moment": moment},
        in_degrees=False,
        title="moments",
    )


def _solve(laboratory: Laboratory, settings: dict[str, Any]) -> None:
    estimate_muscle_forces(
        signals=laboratory.path("signals"),
        model=laboratory.path("model"),
        inverse_dynamics=laboratory.path("inverse_dynamics"),
        settings=settings,
        muscle_forces=laboratory.path(ROOM),
        **laboratory.common,
    )


@pytest.mark.parametrize(
    ("solver", "muscle_model", "balance"),
    [
        # Own tolerance of each solver: IPOPT at 1e-4, collocation at 1e-3, tracking of a motion.
        ("static_optimization", "as_in_model", 0.01),
        ("static_optimization", "degroote_fregly", 0.01),
        ("moment_optimization", "degroote_fregly", 0.001),
        ("moco_inverse", "degroote_fregly", 0.02),
        ("cmc", "degroote_fregly", 0.1),
    ],
)
def test_moments_balance_by_every_solver(
    laboratory: Laboratory,
    settings: dict[str, Any],
    swing: Swing,
    solver: str,
    muscle_model: str,
    balance: float,
) -> None:
    short = tuple(values[:101] for values in swing)
    _prepare(laboratory, short)
    settings["muscle_forces"] |= {"solver": solver, "muscle_model": muscle_model}
    settings["muscle_forces"]["bounds"]["max_moment_error_n_m"] = balance
    _solve(laboratory, settings)
    assert laboratory.refusal(ROOM, "swing") == ""
    # Not a speed asked for: the time is that of the process that solved, and took some.
    assert laboratory.value(ROOM, "swing", "cpu_time_per_second") > 0
    force, _ = read_storage(laboratory.root / ROOM / "swing_force.sto")
    activation, _ = read_storage(laboratory.root / ROOM / "swing_activation.sto")
    reserve, _ = read_storage(laboratory.root / ROOM / "swing_reserve.sto")
    assert list(force) == list(activation) == ["flexor", "extensor"]
    assert list(reserve) == ["elbow_flexion"]
    assert force.index[-1] - force.index[0] > 0.9
    assert (force.to_numpy() > -1e-3).all()
    assert ((activation.to_numpy() >= 0) & (activation.to_numpy() <= 1.001)).all()
    # The forearm is held up against gravity: the flexor does the work.
    assert activation["flexor"].mean() > 3 * activation["extensor"].mean()


def test_given_moments_of_the_model_itself_are_shared_as_by_static_optimisation(
    laboratory: Laboratory, settings: dict[str, Any], swing: Swing
) -> None:
    _prepare(laboratory, tuple(values[:101] for values in swing))
    found = {}
    for solver in ("static_optimization", "moment_optimization"):
        settings["muscle_forces"] |= {"solver": solver, "muscle_model": "degroote_fregly"}
        _solve(laboratory, settings)
        assert laboratory.refusal(ROOM, "swing") == ""
        force, _ = read_storage(laboratory.root / ROOM / "swing_force.sto")
        found[solver] = force.to_numpy()
        for file in (laboratory.root / ROOM).iterdir():
            file.unlink()
        (laboratory.root / ROOM).rmdir()
    one, other = found.values()
    # OpenSim's optimiser stops at 1e-4 of the sum of squares, which is flat at its least.
    difference = np.sqrt(((one - other) ** 2).mean(axis=0))
    assert (difference < 0.02 * np.sqrt((one**2).mean())).all()


def test_muscles_too_weak_are_told_by_the_reserves(
    laboratory: Laboratory, settings: dict[str, Any], swing: Swing
) -> None:
    _prepare(laboratory, swing)
    scaled = laboratory.root / "model/scaled.osim"
    scaled.write_text(
        scaled.read_text().replace(
            "<max_isometric_force>600</max_isometric_force>",
            "<max_isometric_force>20</max_isometric_force>",
        )
    )
    settings["muscle_forces"]["reserve_n_m"] = 1.0
    _solve(laboratory, settings)
    assert "reserve_share:elbow_flexion" in laboratory.refusal(ROOM, "swing")
    assert laboratory.value(ROOM, "swing", "reserve_share") > 0.3
    assert not (laboratory.root / ROOM / "swing_force.sto").exists()


def test_moment_that_the_motion_does_not_make_is_told_by_the_balance(
    laboratory: Laboratory, settings: dict[str, Any], swing: Swing
) -> None:
    short = tuple(values[:51] for values in swing)
    _prepare(laboratory, short, offset_n_m=1.0)
    _solve(laboratory, settings)
    assert "moment_balance_rms:elbow_flexion" in laboratory.refusal(ROOM, "swing")
    assert laboratory.value(ROOM, "swing", "moment_balance_rms") == pytest.approx(1.0, abs=0.02)


def test_solver_stays_inside_the_measured_forces(
    laboratory: Laboratory, settings: dict[str, Any], swing: Swing
) -> None:
    _prepare(laboratory, swing)
    settings["muscle_forces"]["force_side"] = "r"
    (laboratory.root / "signals/swing/force_intervals.csv").write_text(
        "side,start_s,end_s\nl,0.0,0.3\nr,0.5,0.9\n"
    )
    _solve(laboratory, settings)
    force, _ = read_storage(laboratory.root / ROOM / "swing_force.sto")
    assert (force.index[0], force.index[-1]) == pytest.approx((0.5, 0.9))


def test_trial_without_measured_forces_is_refused(
    laboratory: Laboratory, settings: dict[str, Any], swing: Swing
) -> None:
    _prepare(laboratory, swing)
    settings["muscle_forces"]["force_side"] = "r"
    _solve(laboratory, settings)
    assert "side 'r'" in laboratory.refusal(ROOM, "swing")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"muscles": ["flexor", "extensr"]}, "Did you mean 'extensor'"),
        ({"coordinates": ["elbow_flexoin"]}, "Did you mean 'elbow_flexion'"),
        ({"solver": "moco_inverse"}, "degroote_fregly"),
        ({"solver": "guess"}, "none of cmc, moco_inverse, moment_optimization"),
    ],
)
def test_impossible_settings_stop_at_once(
    laboratory: Laboratory,
    settings: dict[str, Any],
    swing: Swing,
    change: dict[str, Any],
    words: str,
) -> None:
    _prepare(laboratory, swing)
    settings["muscle_forces"] |= change
    with pytest.raises(ConfigError, match=words):
        _solve(laboratory, settings)
