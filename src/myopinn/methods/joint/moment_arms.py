"""Moment arms of the muscles that cross a joint, as functions of that joint's angle alone.

The other joints that a muscle crosses stand at their measured angles, which no learning changes; so
the polynomial of all joints is reduced once, for each frame, to a polynomial of the predicted
angle, exactly. A loss is then a few multiplications whoever's cycles are in the batch, instead of
all terms of every person's geometry at every step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from myopinn.dataset.problem import Cycles, Problem
from myopinn.errors import ConfigError
from myopinn.physics.geometry import PathPolynomials

COEFFICIENT = "moment_arm_coefficient"
# Hundreds of terms at every node and frame: some 100 MB.
CYCLES_AT_ONCE = 16


class MomentArms:
    """Moment arms about the joint of a problem's physics.

    Outside the range that the paths were fitted on, moment arms keep their value at its edge.

    Parameters
    ----------
    problem : Problem
        With a physics, and the geometry of every person.

    Attributes
    ----------
    muscles : list of str
        Those that cross the joint, in the order of the problem's targets.

    Raises
    ------
    ConfigError
        Where no muscle crosses the joint or the people's ranges of it do not meet.
    """

    def __init__(self, problem: Problem) -> None:
        assert problem.physics is not None
        self.coordinate = problem.physics.coordinate
        self.dataset_coordinates = problem.dataset_coordinates
        self.geometries = problem.geometries
        # A person whose model yielded no muscle has no cycles either.
        fitted = [shape for shape in self.geometries if len(shape["muscle"])]
        self.powers = max((self._degree(shape) for shape in fitted), default=1)
        self.muscles = [
            muscle
            for muscle in problem.muscles
            if any(crosses(shape, muscle, self.coordinate) for shape in self.geometries)
        ]
        if self.geometries and not self.muscles:
            raise ConfigError(f"physics: no muscle of the geometry crosses '{self.coordinate}'.")
        self.low, self.high = self._joint_range()

    def __call__(self, cycles: Cycles, joint_angle: Tensor) -> Tensor:
        """Return the moment arms at an angle of the joint.

        Parameters
        ----------
        cycles : Cycles
            With what :meth:`derive` returned.
        joint_angle : tensor, shape (cycle, frame), rad

        Returns
        -------
        tensor, shape (cycle, muscle, frame), m
        """
        coefficient = cycles.derived[COEFFICIENT]
        x = (2 * joint_angle - self.low - self.high) / (self.high - self.low)
        x = x.clamp(-1.0, 1.0)[:, None]
        arm = coefficient[:, -1]
        for power in range(coefficient.shape[1] - 2, -1, -1):
            arm = arm * x + coefficient[:, power]
        return arm

    def derive(self, cycles: Cycles) -> dict[str, Tensor]:
        """Reduce each muscle's path to a polynomial of the joint, for every frame.

        Returns
        -------
        dict
            ``moment_arm_coefficient`` of shape (cycle, power, muscle, frame), m: the moment arm is
            the sum of coefficient times x to the power, with x from -1 to 1 over the range of the
            joint on which every person's paths were fitted.

        Raises
        ------
        ConfigError
            Where another joint that one of the muscles crosses is not in the dataset.
        """
        powers = self.powers
        nodes = np.cos(np.pi * (np.arange(powers) + 0.5) / powers)
        # As many nodes as coefficients determine a polynomial exactly; these keep it well-posed.
        to_powers = torch.from_numpy(np.linalg.inv(np.vander(nodes, increasing=True)))
        angle = torch.from_numpy((self.low + self.high) / 2 + (self.high - self.low) / 2 * nodes)
        frames = cycles.joint_angle.shape[-1]
        shape = (len(cycles), powers, len(self.muscles), frames)
        coefficient = torch.zeros(shape, dtype=cycles.inputs.dtype)
        for person, geometry in enumerate(self.geometries):
            own = torch.nonzero(cycles.person == person)[:, 0]
            for rows in own.split(CYCLES_AT_ONCE) if len(own) else ():
                arms = self._at(geometry, angle, cycles.joint_angle[rows].double())
                reduced = torch.einsum("kn,mncf->ckmf", to_powers, arms)
                coefficient[rows] = reduced.to(coefficient.dtype)
        return {COEFFICIENT: coefficient}

    def _at(self, geometry: Mapping[str, Any], angle: Tensor, measured: Tensor) -> Tensor:
        """Moment arms of one person at given angles of the joint, the others as measured.

        Parameters
        ----------
        angle : tensor, shape (node,), rad
        measured : tensor, shape (cycle, coordinate of the dataset, frame), rad

        Returns
        -------
        tensor, shape (muscle, node, cycle, frame), m
        """
        paths = person_paths(geometry, self.muscles)
        joints = measured_joints(paths, geometry, self.dataset_coordinates, measured)
        nodes = joints[:, None].repeat(1, len(angle), 1, 1)
        own = paths.coordinates.index(self.coordinate)
        nodes[own] = angle[:, None, None]
        return paths.moment_arm(nodes)[:, own]

    def _degree(self, geometry: Mapping[str, Any]) -> int:
        own = list(geometry["coordinate"]).index(self.coordinate)
        return max(1, int(np.asarray(geometry["exponent"])[:, own].max(initial=1)))

    def _joint_range(self) -> tuple[float, float]:
        """Range of the joint, rad, on which every person's paths were fitted."""
        lows, highs = [-np.pi], [np.pi]
        for geometry in self.geometries:
            own = list(geometry["coordinate"]).index(self.coordinate)
            lows.append(float(geometry["centre"][own] - geometry["half_range"][own]))
            highs.append(float(geometry["centre"][own] + geometry["half_range"][own]))
        if not max(lows) < min(highs):
            raise ConfigError(f"physics: the people's ranges of '{self.coordinate}' do not meet.")
        return max(lows), min(highs)


def person_paths(geometry: Mapping[str, Any], muscles: Sequence[str]) -> PathPolynomials:
    """Return the paths of these muscles of a person, in double precision.

    Raises
    ------
    ConfigError
        Where the person's geometry lacks one of them.
    """
    known = [str(name) for name in geometry["muscle"]]
    lost = [muscle for muscle in muscles if muscle not in known]
    if lost:
        raise ConfigError(
            f"a person's muscle geometry has no {lost}; add them to 'muscle_geometry: muscles' or "
            "leave them out of the task's 'muscles'."
        )
    rows = [known.index(muscle) for muscle in muscles]
    return PathPolynomials(
        torch.as_tensor(np.asarray(geometry["coefficient"], dtype=float)[rows]),
        torch.as_tensor(np.asarray(geometry["exponent"], dtype=int)),
        torch.as_tensor(np.asarray(geometry["centre"], dtype=float)),
        torch.as_tensor(np.asarray(geometry["half_range"], dtype=float)),
        muscles=muscles,
        coordinates=[str(name) for name in geometry["coordinate"]],
    )


def measured_joints(
    paths: PathPolynomials,
    geometry: Mapping[str, Any],
    dataset_coordinates: Sequence[str],
    measured: Tensor,
) -> Tensor:
    """Return the angles of the coordinates of a person's paths as they were measured.

    Parameters
    ----------
    measured : tensor, shape (cycle, coordinate of the dataset, frame), rad

    Returns
    -------
    tensor, shape (coordinate of the paths, cycle, frame), rad
        A joint that none of the muscles crosses and the dataset lacks stands at the centre of its
        range.

    Raises
    ------
    ConfigError
        Where the dataset lacks a joint that one of the muscles crosses.
    """
    joints = []
    for j, name in enumerate(paths.coordinates):
        if name in dataset_coordinates:
            joint = measured[:, list(dataset_coordinates).index(name)]
        elif crossing := [m for m in paths.muscles if crosses(geometry, m, name)]:
            raise ConfigError(
                f"joint '{name}' is crossed by {crossing} but is not in the dataset; add it to "
                "'dataset: coordinates'."
            )
        else:
            joint = paths.centre[j].expand(measured[:, 0].shape)
        joints.append(joint)
    return torch.stack(joints)


def crosses(geometry: Mapping[str, Any], muscle: str, coordinate: str) -> bool:
    """Tell whether a muscle of a person's geometry crosses a joint."""
    muscles, coordinates = list(geometry["muscle"]), list(geometry["coordinate"])
    if muscle not in muscles or coordinate not in coordinates:
        return False
    return bool(geometry["crosses"][muscles.index(muscle)][coordinates.index(coordinate)])
