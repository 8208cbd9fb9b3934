"""Joint angles and moments: their ranges on record, given ones filtered, residuals of the base."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import opensim as osim
import pandas as pd
import pytest

from myopinn.errors import ConfigError, TrialError
from myopinn.opensim.given_motion import filter_moments, rotational_coordinates
from myopinn.opensim.inverse_dynamics import base_coordinates, residual_force
from myopinn.opensim.joint_quality import measure_angles, measure_moments
from myopinn.records.quality import QualityLog

TRIAL = {"name": "walk", "session": "a"}
TIME = np.arange(0, 4.0, 0.01)


def test_ranges_are_recorded_with_their_unit() -> None:
    log = QualityLog("lab", "P01", "step")
    table = pd.DataFrame({"knee": [3.0, -1.0, 60.0]})
    measure_angles(table, ["knee"], log, TRIAL)
    measure_moments(table.rename(columns={"knee": "knee_moment"}), ["knee"], log, TRIAL)
    found = {row["quantity"]: (row["value"], row["unit"]) for row in log.finished()}
    assert found == {
        "angle_min:knee": (-1.0, "deg"),
        "angle_max:knee": (60.0, "deg"),
        "moment_min:knee": (-1.0, "N.m"),
        "moment_max:knee": (60.0, "N.m"),
    }
    with pytest.raises(ConfigError, match=r"names 'hip', not in angles\.sto"):
        measure_angles(table, ["hip"], log, TRIAL, "angles.sto")
    with pytest.raises(TrialError, match="not finite"):
        measure_moments(table * np.nan, ["knee"], log, TRIAL)


def test_given_moments_lose_half_their_power_at_the_cutoff_and_are_not_delayed() -> None:
    # Whole periods away from the ends, where the filter knows no past.
    middle = slice(100, 300)
    table = pd.DataFrame({"knee_moment": np.sin(2 * np.pi * 6.0 * TIME)}, index=TIME)
    smooth = filter_moments(table, 6.0, Path("moments.sto"))["knee_moment"]
    wanted = table["knee_moment"] / np.sqrt(2)
    np.testing.assert_allclose(smooth.to_numpy()[middle], wanted.to_numpy()[middle], atol=2e-3)


def test_given_moments_with_gaps_or_uneven_times_are_refused() -> None:
    table = pd.DataFrame({"knee_moment": np.ones(len(TIME))}, index=TIME)
    with pytest.raises(TrialError, match="not evenly sampled"):
        filter_moments(table.drop(index=TIME[7]), 6.0, Path("moments.sto"))
    table.iloc[3] = np.nan
    with pytest.raises(TrialError, match="no numbers") as raised:
        filter_moments(table, 6.0, Path("moments.sto"))
    assert raised.value.file == "moments.sto"


def test_residuals_are_judged_where_all_forces_are_known() -> None:
    forces = pd.DataFrame({"tx": np.where(TIME < 1, 300.0, 3.0), "ty": 4.0}, index=TIME)
    assert residual_force(forces, np.array([[1.0, 1.5], [3.0, 3.5]])) == pytest.approx(5.0)
    assert residual_force(forces, np.array([[0.0, 4.0]])) > 100
    assert residual_force(forces, np.empty((0, 2))) is None


def test_a_free_base_has_six_coordinates_and_a_hinge_is_none(generic_elbow: Path) -> None:
    assert base_coordinates(osim.Model(str(generic_elbow))) == []
    zero, found = osim.Vec3(0), []
    for joint in (osim.PinJoint, osim.FreeJoint):
        model, pelvis = osim.Model(), osim.Body("pelvis", 10.0, zero, osim.Inertia(1.0))
        model.addBody(pelvis)
        model.addJoint(joint("base", model.getGround(), zero, zero, pelvis, zero, zero))
        model.finalizeConnections()
        found.append(base_coordinates(model))
    assert found == [[], [f"base_coord_{k}" for k in range(6)]]


def test_given_columns_are_those_of_the_model(generic_elbow: Path) -> None:
    found = rotational_coordinates(
        model_file=generic_elbow, names=["elbow_flexion"], angles=Path("angles.sto")
    )
    assert found == ["elbow_flexion"]
    with pytest.raises(TrialError, match="'elbow_flexion' is of the model, but its angle is not"):
        rotational_coordinates(model_file=generic_elbow, names=[], angles=Path("angles.sto"))
