"""The model cut down to what a study needs: its muscles, and reserve actuators for all the rest.

With the motion given, the moment balance of each joint stands alone: muscles of other joints can
be replaced by torque actuators without changing it. What is lost are muscles that cross both a
studied and another joint, whose work at the other joint no longer weighs against their use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError
from myopinn.opensim.tool import load_model

RESERVE_PREFIX = "reserve_"
_ZERO = 1e-9
_OTHER_RESERVE = 1000.0
AS_IN_MODEL, DEGROOTE_FREGLY = "as_in_model", "degroote_fregly"
DEGROOTE_FREGLY_CLASS = "DeGrooteFregly2016Muscle"


def reduce_model(*, model_file: Path, settings: Mapping[str, Any], output: Path) -> list[str]:
    """Write the cut-down model; to be called inside :func:`myopinn.opensim.tool.run`.

    Parameters
    ----------
    model_file : the person's scaled model
    settings : the ``muscle_forces`` slice

        - ``muscles``: names of the muscles to keep; null keeps all
        - ``coordinates``: those that the muscles balance, with reserves of ``reserve_n_m``
        - ``other_reserve_n_m`` (1000): optimal force (N.m, N for translations) of the reserves that
          move every other coordinate. A reserve of optimal force R costs (M/R)^2 where a muscle
          costs its squared activation.
        - ``muscle_model``: ``as_in_model``, or ``degroote_fregly`` for DeGrooteFregly2016 muscles
          with rigid tendons (what analyses a virtual person must not be what generated it)
        - ``ignore_passive_force``, ``active_width_scale``: for ``degroote_fregly``; generic fibre
          and tendon lengths that scaling did not fit to a person otherwise give large passive or
          no active forces
    output : the file to write

    Returns
    -------
    list of str
        The muscles kept.

    Raises
    ------
    ConfigError
        Where a muscle or coordinate is not in the model.
    """
    model = load_model(model_file)
    state = model.initSystem()
    coordinates = list(model.getCoordinateSet())
    names = [c.getName() for c in coordinates]
    muscle_names = [m.getName() for m in model.getMuscles()]
    muscles = list(settings.get("muscles") or muscle_names)
    _require(muscles, muscle_names, "muscle", model_file)
    _require(settings["coordinates"], names, "coordinate", model_file)
    moving = [
        c.getName()
        for c in coordinates
        if not (c.getLocked(state) or c.isDependent(state) or c.isPrescribed(state))
    ]
    _require(settings["coordinates"], moving, "coordinate that is free to move", model_file)
    _keep_muscles(model, muscles)
    _weld_locked_joints(model)
    for name in moving:
        studied = name in settings["coordinates"]
        optimal = (
            settings["reserve_n_m"]
            if studied
            else settings.get("other_reserve_n_m", _OTHER_RESERVE)
        )
        _add_reserve(model, name, float(optimal))
    if settings.get("muscle_model", AS_IN_MODEL) == DEGROOTE_FREGLY:
        _use_degroote_fregly(model, settings)
    model.finalizeConnections()
    model.initSystem()
    model.printToXML(str(output))
    return muscles


def _require(wanted: Sequence[str], there: Sequence[str], kind: str, file: Path) -> None:
    """Refuse names that the model does not have, and say what may have been meant."""
    for name in wanted:
        if name not in there:
            raise ConfigError(
                f"muscle_forces: '{name}' is no {kind} of {file.name}.{meant(name, there)}"
            )


def _keep_muscles(model: Any, muscles: Sequence[str]) -> None:
    """Remove every force but the muscles to keep.

    Actuators, springs and joint limits go too: inverse dynamics, whose moments the muscles are to
    balance, knows none of them.
    """
    forces = model.updForceSet()
    for name in [force.getName() for force in forces]:
        if name not in muscles:
            forces.remove(forces.getIndex(name))
    model.finalizeConnections()
    model.initSystem()


def _weld_locked_joints(model: Any) -> None:
    """Weld the joints whose coordinates are all locked: Moco knows no locked coordinates.

    Raises
    ------
    ConfigError
        Where a coordinate is locked elsewhere than at zero, where the weld would hold the joint.
    """
    import opensim as osim

    state = model.initSystem()
    names = []
    for joint in model.getJointSet():
        inside = [joint.get_coordinates(i) for i in range(joint.numCoordinates())]
        if not inside or not all(c.getLocked(state) for c in inside):
            continue
        away = [c.getName() for c in inside if abs(c.getValue(state)) > _ZERO]
        if away:
            raise ConfigError(
                f"the generic model locks {', '.join(away)} away from zero: put a WeldJoint there."
            )
        names.append(joint.getName())
    for name in names:
        osim.ModelFactory.replaceJointWithWeldJoint(model, name)
    model.finalizeConnections()
    model.initSystem()


def _add_reserve(model: Any, coordinate: str, optimal_force: float) -> None:
    """Add a torque (or force) actuator to a coordinate, unbounded."""
    import opensim as osim

    actuator = osim.CoordinateActuator(coordinate)
    actuator.setName(RESERVE_PREFIX + coordinate)
    actuator.setOptimalForce(optimal_force)
    actuator.setMinControl(-float("inf"))
    actuator.setMaxControl(float("inf"))
    model.addForce(actuator)


def _use_degroote_fregly(model: Any, settings: Mapping[str, Any]) -> None:
    """Replace the muscles by DeGrooteFregly2016 ones of the same parameters, tendons rigid."""
    import opensim as osim

    model.finalizeFromProperties()
    # Those that are of this kind already are refused by OpenSim's replacement.
    if any(muscle.getConcreteClassName() != DEGROOTE_FREGLY_CLASS for muscle in model.getMuscles()):
        osim.DeGrooteFregly2016Muscle.replaceMuscles(model)
        model.finalizeConnections()
    forces = model.updForceSet()
    for index in range(forces.getSize()):
        muscle = osim.DeGrooteFregly2016Muscle.safeDownCast(forces.get(index))
        if muscle is None:
            continue
        muscle.set_ignore_tendon_compliance(True)
        muscle.set_ignore_passive_fiber_force(bool(settings.get("ignore_passive_force", False)))
        muscle.set_active_force_width_scale(float(settings.get("active_width_scale", 1.0)))
