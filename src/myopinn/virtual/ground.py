"""What moves a walking person besides muscles: the belt under the foot and the rest of the body.

The ground gives the force that the average adult's ground gives, and more or less where the foot is
not where it was meant to be: a prescribed force alone lets a walk diverge within 0.3 s. It can only
push, does not hold more than friction can, and its centre of pressure stays inside the foot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from myopinn.virtual.force_plates import ForcePlate
from myopinn.virtual.leg import HIP, KNEE, PELVIS
from myopinn.virtual.models import GRAVITY_M_S2
from myopinn.virtual.people import Person
from myopinn.virtual.sagittal import SagittalChain
from myopinn.virtual.simulation import STEP_S
from myopinn.virtual.walk import Walk

if TYPE_CHECKING:
    import numpy as np

PART_S = STEP_S / 2
# The pelvis follows its path whatever the leg does: with this mass the leg cannot move it.
CARRIER_KG = 1e8
# Below this angle, degrees, ligaments keep the knee from bending backward, N.m per degree in full
# 5 degrees further; nobody who walks as intended gets there, but a stumble would not end.
LIGAMENTS = (0.0, 10.0)
# How the carrier is held on its path, 1/s^2 and 1/s: only against what a step leaves.
_FOLLOW = (25.0, 10.0)


@dataclass(frozen=True)
class Compliance:
    """How the ground answers a foot that is elsewhere than intended.

    ASSUME: stiffness and damping of shoe, heel pad and belt together.

    Attributes
    ----------
    stiffness_n_m, damping_n_s_m : float
        Against being displaced.
    roll_n_m, roll_damping_n_m_s : float
        Against being turned, by moving the centre of pressure; per rad.
    full_load : float
        Body weights from which on the answer is complete.
    friction : float
    """

    stiffness_n_m: float = 1e4
    damping_n_s_m: float = 100.0
    roll_n_m: float = 80.0
    roll_damping_n_m_s: float = 1.0
    full_load: float = 0.30
    friction: float = 0.6


class Treadmill:
    """The belt under the right foot, and the pelvis carried along its path.

    There is a belt for each foot, with a force plate under it.

    Parameters
    ----------
    person : Person
    walk : Walk
    sole_m : tuple of float
        Where along the foot, from the ankle forward, the centre of pressure can be.
    """

    # The foot is light: held for a whole step, the ground's damping would shake it.
    parts = round(STEP_S / PART_S)
    plates = (
        ForcePlate(1, (0.0, 0.255), (1.8, 0.5)),
        ForcePlate(2, (0.0, -0.255), (1.8, 0.5)),
    )

    def __init__(
        self,
        person: Person,
        walk: Walk,
        sole_m: tuple[float, float],
        compliance: Compliance | None = None,
    ) -> None:
        import numpy as np

        self._walk, self._sole, self._compliance = walk, sole_m, compliance or Compliance()
        names = person.anatomy.coordinates
        self._pelvis = [names.index(name) for name in PELVIS]
        self._chain = SagittalChain(person.anatomy, "calcn_r")
        target = walk.target
        self._place, jacobian = self._chain.locate(target.angle, walk.pressure_m)
        self._speed = np.einsum("tic,tc->ti", jacobian, target.velocity)
        self._turn = self._chain.turn(target.angle)
        self._turning = self._chain.turn(target.velocity)
        self.record: list[tuple[float, ...]] = []
        self._functions: dict[str, list[Any]] = {}
        hip = next(joint for joint in person.anatomy.joints if joint.coordinate == HIP)
        self._aside = hip.location_in_parent_m[2]

    def attach(self, model: Any) -> None:
        """Put the forces on the foot and the pelvis into the model, and make the pelvis heavy."""
        import opensim as osim

        pelvis = model.updBodySet().get("pelvis")
        pelvis.setMass(CARRIER_KG)
        pelvis.setMassCenter(osim.Vec3(0.0))
        pelvis.setInertia(osim.Inertia(CARRIER_KG, CARRIER_KG, CARRIER_KG))
        for name, body in (("belt", "calcn_r"), ("carrier", "pelvis")):
            force = osim.PrescribedForce(name, model.getBodySet().get(body))
            force.setForceIsInGlobalFrame(True)
            force.setPointIsInGlobalFrame(False)
            force.setForceFunctions(*(osim.Constant(0.0) for _ in range(3)))
            force.setPointFunctions(*(osim.Constant(0.0) for _ in range(3)))
            model.addForce(force)
        low, stiffness = LIGAMENTS
        model.addForce(osim.CoordinateLimitForce(KNEE, 180.0, stiffness, low, stiffness, 0.1, 5.0))
        model.finalizeConnections()

    def bind(self, model: Any) -> None:
        """Find the forces' values again."""
        import opensim as osim

        for name in ("belt", "carrier"):
            force = osim.PrescribedForce.safeDownCast(model.getForceSet().get(name))
            self._functions[name] = [
                osim.Constant.safeDownCast(functions.get(axis))
                for functions in (force.updForceFunctions(), force.updPointFunctions())
                for axis in range(3)
            ]

    def act(self, time_s: float, angle: np.ndarray, velocity: np.ndarray) -> None:
        """Set both forces for the coming step."""
        force, point = self.contact(time_s, angle, velocity)
        self._set("belt", force, point)
        self._set("carrier", self._carry(time_s, angle, velocity), (0.0, 0.0))
        place = self._chain.locate(angle, point)[0]
        self.record.append((time_s + PART_S / 2, *force, *place))

    def wrench(self, time_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the ground's force and its point in OpenSim's directions, each (time, 3)."""
        import numpy as np

        time, forward, upward, x, y = np.array(self.record).T
        rows = [np.interp(time_s, time, column) for column in (forward, upward, x, y)]
        zero = np.zeros_like(rows[0])
        force = np.stack([rows[0], rows[1], zero], axis=1)
        return force, np.stack([rows[2], rows[3], zero + self._aside], axis=1)

    def contact(
        self, time_s: float, angle: np.ndarray, velocity: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give the ground's force (N, forward and upward) and its point in the foot (m)."""
        import numpy as np

        walk, ground = self._walk, self._compliance
        now, middle = walk.row(time_s), walk.row(time_s + PART_S / 2)
        force, point = walk.force_n[middle].copy(), walk.pressure_m[middle].copy()
        if force[1] <= 0.0:
            return np.zeros(2), point
        load = min(1.0, force[1] / (ground.full_load * walk.body_weight_n))
        place, jacobian = self._chain.locate(angle, walk.pressure_m[now])
        displaced = self._place[now] - place
        moving = self._speed[now] - jacobian @ velocity
        force += load * (ground.stiffness_n_m * displaced + ground.damping_n_s_m * moving)
        force[1] = max(force[1], 0.0)
        most = ground.friction * force[1]
        force[0] = min(max(force[0], -most), most)
        turned = self._turn[now] - self._chain.turn(angle)
        turning = self._turning[now] - self._chain.turn(velocity)
        roll = load * (ground.roll_n_m * turned + ground.roll_damping_n_m_s * turning)
        point[0] += roll / max(force[1], 50.0)
        point[0] = min(max(point[0], self._sole[0]), self._sole[1])
        return force, point

    def _carry(self, time_s: float, angle: np.ndarray, velocity: np.ndarray) -> tuple[float, float]:
        wanted, speed, _ = self._walk.target.at(time_s)
        acceleration = self._walk.target.at(time_s + PART_S / 2)[2]
        push = [
            CARRIER_KG
            * (
                acceleration[axis]
                + _FOLLOW[0] * (wanted[axis] - angle[axis])
                + _FOLLOW[1] * (speed[axis] - velocity[axis])
            )
            for axis in self._pelvis[1:]
        ]
        return push[0], push[1] + CARRIER_KG * GRAVITY_M_S2

    def _set(self, name: str, force: Any, point: Any) -> None:
        functions = self._functions[name]
        for function, value in zip(functions[:2], force, strict=True):
            function.setValue(float(value))
        for function, value in zip(functions[3:5], point, strict=True):
            function.setValue(float(value))
