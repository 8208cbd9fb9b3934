"""The cut-down model keeps the chosen muscles alone, and reserves for all that may move."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import opensim as osim
import pandas as pd
import pytest

from myopinn.errors import ConfigError
from myopinn.formats.opensim_files import write_storage
from myopinn.opensim.muscle_solution import muscle_moments
from myopinn.opensim.reduction import DEGROOTE_FREGLY_CLASS, RESERVE_PREFIX, reduce_model
from myopinn.opensim.solvers.cmc import prescribe_others
from myopinn.opensim.solvers.moco_inverse import solve_moco_inverse
from myopinn.opensim.solvers.static_optimization import solve_static_optimization
from myopinn.opensim.tool import run

SETTINGS: dict[str, Any] = {
    "muscles": ["flexor"],
    "coordinates": ["elbow_flexion"],
    "reserve_n_m": 0.5,
    "other_reserve_n_m": 200.0,
}


@pytest.fixture
def arm(generic_elbow: Path, tmp_path: Path) -> Path:
    """The elbow with a hand on a hinge, a spring, and a locked joint of the thumb."""
    model, zero = osim.Model(str(generic_elbow)), osim.Vec3(0)
    outer = model.getBodySet().get("forearm")
    for name, down in (("wrist", 0.25), ("thumb", 0.05)):
        body = osim.Body(f"{name}_body", 0.1, zero, osim.Inertia(1e-4))
        joint = osim.PinJoint(
            f"{name}_joint", outer, osim.Vec3(0, -down, 0), zero, body, zero, zero
        )
        joint.updCoordinate().setName(name)
        model.addBody(body)
        model.addJoint(joint)
        outer = body
    model.addForce(osim.SpringGeneralizedForce("wrist"))
    model.finalizeConnections()
    model.updCoordinateSet().get("thumb").set_locked(True)
    model.printToXML(str(tmp_path / "arm.osim"))
    return tmp_path / "arm.osim"


def reduced(arm: Path, **settings: Any) -> osim.Model:
    output = arm.with_name("reduced.osim")
    reduce_model(model_file=arm, settings=SETTINGS | settings, output=output)
    return osim.Model(str(output))


def test_chosen_muscles_and_a_reserve_for_each_coordinate_that_moves(arm: Path) -> None:
    model = reduced(arm)
    strong = {RESERVE_PREFIX + "elbow_flexion": 0.5, RESERVE_PREFIX + "wrist": 200.0}
    assert [f.getName() for f in model.getForceSet()] == ["flexor", *strong]
    for name, optimal in strong.items():
        actuator = osim.CoordinateActuator.safeDownCast(model.getForceSet().get(name))
        assert actuator.getOptimalForce() == optimal
    # The locked joint became a weld: its coordinate is gone.
    assert [c.getName() for c in model.getCoordinateSet()] == ["elbow_flexion", "wrist"]


def test_all_muscles_are_kept_where_none_is_named_and_may_change_their_kind(arm: Path) -> None:
    model = reduced(arm, muscles=None, muscle_model="degroote_fregly", active_width_scale=1.5)
    muscles = list(model.getMuscles())
    assert [m.getName() for m in muscles] == ["flexor", "extensor"]
    for muscle in muscles:
        assert muscle.getConcreteClassName() == DEGROOTE_FREGLY_CLASS
        replaced = osim.DeGrooteFregly2016Muscle.safeDownCast(muscle)
        assert replaced.get_ignore_tendon_compliance()
        assert replaced.get_active_force_width_scale() == 1.5
        assert replaced.get_max_isometric_force() == 600.0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"muscles": ["flexr"]}, r"'flexr' is no muscle of arm\.osim\. Did you mean 'flexor'"),
        ({"coordinates": ["elbow"]}, r"'elbow' is no coordinate of arm\.osim"),
        ({"coordinates": ["thumb"]}, "'thumb' is no coordinate that is free to move"),
    ],
)
def test_wrong_names_are_refused(arm: Path, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        reduced(arm, **settings)


def test_a_joint_locked_away_from_zero_is_refused(arm: Path) -> None:
    model = osim.Model(str(arm))
    model.updCoordinateSet().get("thumb").set_default_value(0.2)
    model.printToXML(str(arm))
    with pytest.raises(ConfigError, match="locks thumb away from zero"):
        reduced(arm)


def test_cmc_moves_what_is_not_studied_as_it_was_measured(arm: Path) -> None:
    model, time = reduced(arm), np.arange(0, 1.001, 0.02)
    wrist = np.degrees(0.3 * np.sin(2 * np.pi * time))
    motion = arm.with_name("motion.mot")
    columns = {"elbow_flexion": 60 + wrist, "wrist": wrist}
    write_storage(motion, time, columns, in_degrees=True, title="motion")
    model.initSystem()
    prescribe_others(model, motion, ["elbow_flexion"])
    assert [f.getName() for f in model.getForceSet()] == [
        "flexor",
        RESERVE_PREFIX + "elbow_flexion",
    ]
    state, moved = model.initSystem(), model.getCoordinateSet().get("wrist")
    assert moved.isPrescribed(state)
    assert not model.getCoordinateSet().get("elbow_flexion").isPrescribed(state)
    state.setTime(0.37)
    model.assemble(state)
    model.realizeAcceleration(state)
    angle = 0.3 * np.sin(2 * np.pi * 0.37)
    assert moved.getValue(state) == pytest.approx(angle, abs=1e-5)
    assert moved.getAccelerationValue(state) == pytest.approx(-((2 * np.pi) ** 2) * angle, abs=0.05)


@pytest.mark.parametrize("solver", [solve_static_optimization, solve_moco_inverse])
def test_an_arm_held_still_carries_its_weight(
    generic_elbow: Path, tmp_path: Path, solver: Any
) -> None:
    from elbow_laboratory import CENTRE_M, FOREARM_KG, GRAVITY

    model, motion, time = tmp_path / "reduced.osim", tmp_path / "motion.mot", np.arange(21) / 100
    settings = SETTINGS | {"muscle_model": "degroote_fregly", "reserve_n_m": 0.1}
    child = {"timeout_s": 120, "log": tmp_path / "log", "label": "still"}
    run(reduce_model, **child, model_file=generic_elbow, settings=settings, output=model)
    angle = np.full(len(time), 70.0)
    write_storage(motion, time, {"elbow_flexion": angle}, in_degrees=True, title="still")
    asked = {"external_loads": None, "start_s": 0.0, "end_s": 0.2, "settings": settings}
    found = run(solver, **child, model_file=model, coordinates=motion, **asked)
    produced = run(
        muscle_moments,
        **child,
        model_file=model,
        coordinates=motion,
        force=found.force,
        studied=["elbow_flexion"],
    )["elbow_flexion"]
    weight = FOREARM_KG * GRAVITY * CENTRE_M * np.sin(np.radians(70))
    carried = produced + found.reserve["elbow_flexion"].to_numpy()
    # Collocation meets its constraints to 1e-3.
    np.testing.assert_allclose(carried, weight, atol=0.02)
    assert isinstance(found.activation, pd.DataFrame) and (found.activation["flexor"] > 0).all()
