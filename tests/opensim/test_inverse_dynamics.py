"""Inverse dynamics against the equation of the pendulum and of a body that stands still."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from elbow_laboratory import CENTRE_M, FOREARM_KG, GRAVITY, INERTIA, RATE_HZ, Laboratory

from myopinn.errors import TrialError
from myopinn.formats.opensim_files import read_storage, write_storage
from myopinn.opensim.filtered_angles import lowpass
from myopinn.steps.solve_inverse_dynamics import solve_inverse_dynamics

ROOM = "inverse_dynamics"


def _solve(laboratory: Laboratory, settings: dict[str, Any]) -> None:
    solve_inverse_dynamics(
        signals=laboratory.path("signals"),
        model=laboratory.path("model"),
        inverse_kinematics=laboratory.path("inverse_kinematics"),
        settings=settings,
        inverse_dynamics=laboratory.path(ROOM),
        **laboratory.common,
    )


def test_moment_of_a_pendulum(
    laboratory: Laboratory,
    settings: dict[str, Any],
    swing: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    q, _, acceleration = swing
    laboratory.use_generic_as_scaled()
    laboratory.add("swing", {"none": np.zeros((2, 3))})
    laboratory.write_angles("swing", np.degrees(q))
    _solve(laboratory, settings)
    table, _ = read_storage(laboratory.root / ROOM / "swing.sto")
    inertia = INERTIA + FOREARM_KG * CENTRE_M**2
    moment = inertia * acceleration + FOREARM_KG * GRAVITY * CENTRE_M * np.sin(q)
    inside = slice(20, -20)
    # At 0.5 Hz the 6 Hz filter changes an amplitude by less than 1e-4.
    np.testing.assert_allclose(
        table["elbow_flexion_moment"].to_numpy()[inside], moment[inside], atol=2e-3
    )
    assert laboratory.refusal(ROOM, "swing") == ""


def test_lowpass_halves_the_power_at_its_cutoff_without_delay() -> None:
    time = np.arange(0, 20, 1 / RATE_HZ)
    for cutoff in (3.0, 6.0, 20.0):
        wave = np.sin(2 * np.pi * cutoff * time)
        filtered = lowpass(wave, RATE_HZ, cutoff)[400:-400]
        np.testing.assert_allclose(filtered, wave[400:-400] / np.sqrt(2), atol=1e-6)


def test_cutoff_above_half_the_rate_is_refused() -> None:
    with pytest.raises(TrialError, match="cannot low-pass"):
        lowpass(np.zeros(100), 10.0, 6.0)


def _standing_block(laboratory: Laboratory, mass_kg: float, support_n: float) -> None:
    """Write a block with a free base that stands still on a measured force."""
    import opensim as osim

    model = osim.Model()
    model.setName("block")
    model.setGravity(osim.Vec3(0, -GRAVITY, 0))
    block = osim.Body("block", mass_kg, osim.Vec3(0), osim.Inertia(1.0))
    joint = osim.FreeJoint("free", model.getGround(), block)
    lever = osim.Body("lever", 1.0, osim.Vec3(0), osim.Inertia(0.01))
    hinge = osim.PinJoint("hinge", block, lever)
    hinge.updCoordinate().setName("elbow_flexion")
    for component in (block, lever):
        model.addBody(component)
    for component in (joint, hinge):
        model.addJoint(component)
    model.finalizeConnections()
    (laboratory.root / "model").mkdir()
    model.printToXML(str(laboratory.root / "model/a.osim"))
    names = [joint.get_coordinates(i).getName() for i in range(6)] + ["elbow_flexion"]
    signals = laboratory.root / "signals/still"
    time = np.arange(100) / RATE_HZ
    still = np.zeros(100)
    write_storage(
        laboratory.root / "inverse_kinematics/still.mot",
        time,
        dict.fromkeys(names, still),
        in_degrees=True,
        title="angles",
    )
    columns = {f"plate1_{kind}{axis}": still for kind in "vpm" for axis in "xyz"}
    columns["plate1_vy"] = still + support_n
    write_storage(
        signals / "ground_forces.mot", time, columns, in_degrees=False, title="ground_forces"
    )
    _write_loads(signals / "external_loads.xml")
    (signals / "force_intervals.csv").write_text("side,start_s,end_s\nboth,0.2,0.8\n")


def _write_loads(file: Path) -> None:
    import opensim as osim

    force = osim.ExternalForce()
    force.setName("plate1")
    force.set_applied_to_body("block")
    force.set_force_expressed_in_body("ground")
    force.set_point_expressed_in_body("ground")
    force.set_force_identifier("plate1_v")
    force.set_point_identifier("plate1_p")
    force.set_torque_identifier("plate1_m")
    loads = osim.ExternalLoads()
    loads.cloneAndAppend(force)
    loads.setDataFileName("ground_forces.mot")
    loads.printToXML(str(file))


@pytest.mark.parametrize(("carried", "accepted"), [(1.0, True), (0.8, False)])
def test_residual_force_is_the_weight_that_no_plate_carries(
    laboratory: Laboratory, settings: dict[str, Any], carried: float, accepted: bool
) -> None:
    settings["inverse_dynamics"]["max_residual_force_fraction"] = 0.1
    laboratory.add("still", {"none": np.zeros((2, 3))})
    _standing_block(laboratory, 59.0, carried * 60.0 * GRAVITY)
    _solve(laboratory, settings)
    share = laboratory.value(ROOM, "still", "residual_force_share")
    assert share == pytest.approx(1 - carried, abs=1e-4)
    assert (laboratory.refusal(ROOM, "still") == "") is accepted
    assert (laboratory.root / ROOM / "still.sto").exists() is accepted
