"""Muscle paths as the polynomials of the muscle geometry, for solvers that pose a model very often.

OpenSim works out every point and wrapping surface of a path anew whenever a muscle's length is
asked for. With ``FunctionBasedPath`` a length is a polynomial of the coordinates, here the very one
that the physics of the networks uses, with errors that the geometry's quality record bounds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from myopinn.errors import ConfigError, TrialError
from myopinn.formats.opensim_files import read_storage
from myopinn.opensim.tool import load_model

# Below it a muscle does not cross a joint: what is left is rounding.
LEAST_MOMENT_ARM_M = 1e-6


@dataclass(frozen=True)
class FittedPaths:
    """The polynomials of a person's muscle-tendon lengths, m.

    ``length = sum_k coefficient_k prod_j x_j ** exponent_kj`` with ``x = (q - centre) /
    half_range``.

    Attributes
    ----------
    muscle : array of str, shape (muscle,)
    coordinate : array of str, shape (coordinate,)
    coefficient : array, shape (muscle, term), m
    exponent : int array, shape (term, coordinate)
    centre, half_range : array, shape (coordinate,), rad
    crosses : int array, shape (muscle, coordinate)
        1 where the muscle crosses the joint.
    """

    muscle: np.ndarray
    coordinate: np.ndarray
    coefficient: np.ndarray
    exponent: np.ndarray
    centre: np.ndarray
    half_range: np.ndarray
    crosses: np.ndarray


def fit_paths_into(
    *, model_file: Path, paths: FittedPaths, coordinates: Path, output: Path
) -> None:
    """Write the model with fitted paths; to be called inside :func:`myopinn.opensim.tool.run`.

    Parameters
    ----------
    model_file : the cut-down model
    paths : of the same person
    coordinates : angles of the trial, degrees and m, which have to be where the paths were fitted
    output : the file to write

    Raises
    ------
    TrialError
        Where the trial leaves the range of a polynomial.
    ConfigError
        Where a muscle of the model, or a coordinate that it crosses, is not in the geometry.
    """
    import opensim as osim

    fitted, known = ([str(name) for name in own] for own in (paths.muscle, paths.coordinate))
    model = load_model(model_file)
    state = model.initSystem()
    names = [muscle.getName() for muscle in model.getMuscles()]
    lacking = [name for name in names if name not in fitted]
    if lacking:
        raise ConfigError(
            f"muscle_forces: paths: fitted: muscle_geometry fits no path of {', '.join(lacking)}; "
            "add them to 'muscle_geometry: muscles', with all coordinates that they cross."
        )
    _check_range(paths, coordinates)
    for coordinate in model.getCoordinateSet():
        if coordinate.getName() in known or coordinate.isDependent(state):
            continue
        for muscle in model.getMuscles():
            if abs(muscle.computeMomentArm(state, coordinate)) > LEAST_MOMENT_ARM_M:
                raise ConfigError(
                    f"muscle_forces: paths: fitted: {muscle.getName()} crosses "
                    f"{coordinate.getName()}, which its fitted path does not know; add that to "
                    "'muscle_geometry: coordinates'."
                )
    places = {c.getName(): c.getAbsolutePathString() for c in model.getCoordinateSet()}
    for name in names:
        row = fitted.index(name)
        crossed = np.flatnonzero(paths.crosses[row])
        coefficient = plain_coefficients(
            paths.coefficient[row],
            paths.exponent[:, crossed],
            paths.centre[crossed],
            paths.half_range[crossed],
        )
        degree = coefficient.shape[0] - 1
        path = osim.FunctionBasedPath()
        for column in crossed:
            path.appendCoordinatePath(places[known[column]])
        path.setLengthFunction(
            osim.MultivariatePolynomialFunction(
                osim.Vector(in_opensims_order(coefficient)), len(crossed), degree
            )
        )
        model.updMuscles().get(name).set_path(path)
    model.finalizeConnections()
    model.initSystem()
    model.printToXML(str(output))


def plain_coefficients(
    coefficient: np.ndarray, exponent: np.ndarray, centre: np.ndarray, half_range: np.ndarray
) -> np.ndarray:
    """Multiply a polynomial in (q - centre) / half_range out into one in q.

    Parameters
    ----------
    coefficient : array, shape (term,)
    exponent : int array, shape (term, coordinate)
    centre, half_range : array, shape (coordinate,)

    Returns
    -------
    array, shape (degree + 1,) in each coordinate
        Coefficient of q_1^i q_2^j ... at [i, j, ...].
    """
    used = coefficient != 0.0
    coefficient, exponent = coefficient[used], exponent[used]
    degree = max(1, int(exponent.sum(axis=1).max(initial=0)))
    table = np.zeros((degree + 1,) * exponent.shape[1])
    np.add.at(table, tuple(exponent.T), coefficient)
    for axis, (c, h) in enumerate(zip(centre, half_range, strict=True)):
        # ((q - c) / h)^n is the sum over k of column n of this times q^k.
        powers = np.zeros((degree + 1, degree + 1))
        for n in range(degree + 1):
            powers[: n + 1, n] = [math.comb(n, k) * (-c) ** (n - k) / h**n for k in range(n + 1)]
        table = np.moveaxis(np.tensordot(powers, table, axes=(1, axis)), 0, axis)
    return table


def in_opensims_order(coefficient: np.ndarray) -> list[float]:
    """List a table of coefficients as ``MultivariatePolynomialFunction`` wants them.

    Terms up to the degree of the whole, the exponent of the last coordinate counting up fastest.
    """
    degree = coefficient.shape[0] - 1
    exponents = product(range(degree + 1), repeat=coefficient.ndim)
    return [float(coefficient[e]) for e in exponents if sum(e) <= degree]


def _check_range(paths: FittedPaths, coordinates: Path) -> None:
    """Refuse a trial that goes where no path was fitted: polynomials run away there."""
    angles, _ = read_storage(coordinates)
    outside = [
        f"{name} goes from {angles[name].min():.1f} to {angles[name].max():.1f} degrees, paths "
        f"were fitted from {low:.1f} to {high:.1f}"
        for name, low, high in zip(
            map(str, paths.coordinate),
            np.degrees(paths.centre - paths.half_range),
            np.degrees(paths.centre + paths.half_range),
            strict=True,
        )
        if name in angles and (angles[name].min() < low or angles[name].max() > high)
    ]
    if outside:
        raise TrialError(
            f"{'; '.join(outside)}.",
            remedy="Widen 'muscle_geometry: coordinates', or take 'muscle_forces: paths: "
            "as_in_model'.",
        )
