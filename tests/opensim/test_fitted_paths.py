"""Solvers that see the muscle geometry's polynomials find what they find on OpenSim's own paths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from elbow_laboratory import Laboratory

from myopinn.errors import ConfigError
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.formats.opensim_files import read_storage, write_storage
from myopinn.opensim.fitted_paths import in_opensims_order, plain_coefficients
from myopinn.steps.estimate_muscle_forces import estimate_muscle_forces
from myopinn.steps.fit_muscle_geometry import fit_muscle_geometry

FITTED_DEG = (0.0, 120.0)


@pytest.fixture
def geometry(laboratory: Laboratory) -> Path:
    laboratory.use_generic_as_scaled()
    return _fit(laboratory, None)


def _fit(laboratory: Laboratory, muscles: list[str] | None) -> Path:
    file = laboratory.root / "muscle_geometry.nc"
    fit_muscle_geometry(
        model=laboratory.path("model"),
        recording="elbow",
        subject="P01",
        settings={
            "coordinates": {"elbow_flexion": FITTED_DEG},
            "muscles": muscles,
            "degree": 7,
            "max_length_rms_m": 0.0003,
            "max_moment_arm_rms_m": 0.001,
        },
        geometry=file,
        quality=laboratory.root / "muscle_geometry.csv",
    )
    return file


def _solve(
    laboratory: Laboratory, settings: dict[str, Any], room: str, geometry: Path | None
) -> pd.DataFrame | None:
    """Solve for the forces that hold the forearm while it moves; None where it was refused."""
    estimate_muscle_forces(
        signals=laboratory.path("signals"),
        model=laboratory.path("model"),
        inverse_dynamics=laboratory.path("inverse_dynamics"),
        settings=settings,
        muscle_forces=laboratory.path(room),
        geometry=None if geometry is None else str(geometry),
        **laboratory.common,
    )
    file = laboratory.root / room / "swing_force.sto"
    return read_storage(file)[0] if file.exists() else None


def _move(laboratory: Laboratory, angle_rad: np.ndarray, moment_n_m: np.ndarray) -> None:
    laboratory.add("swing", {"none": np.zeros((2, 3))})
    folder, time = laboratory.root / "inverse_dynamics", np.arange(len(angle_rad)) / 100
    for file, name, values, degrees in (
        ("swing_coordinates.mot", "elbow_flexion", np.degrees(angle_rad), True),
        ("swing.sto", "elbow_flexion_moment", moment_n_m, False),
    ):
        write_storage(folder / file, time, {name: values}, in_degrees=degrees, title=file)


@pytest.mark.parametrize("solver", ["moment_optimization", "static_optimization"])
def test_forces_are_those_of_the_models_own_paths(
    laboratory: Laboratory,
    settings: dict[str, Any],
    swing: tuple[np.ndarray, np.ndarray, np.ndarray],
    geometry: Path,
    solver: str,
) -> None:
    angle = swing[0][:101]
    _move(laboratory, angle, 4.0 * np.sin(angle))
    settings["muscle_forces"] |= {
        "solver": solver,
        # Static optimisation takes the moments from the model's masses instead of these.
        "bounds": {"max_reserve_share": 0.1, "max_moment_error_n_m": 10.0},
    }
    own = _solve(laboratory, settings, "own", None)
    settings["muscle_forces"]["paths"] = "fitted"
    fitted = _solve(laboratory, settings, "fitted", geometry)
    assert own is not None and fitted is not None
    # Moment arms of 10 to 25 mm are fitted to 1 mm rms at worst, mostly far better.
    difference = np.sqrt(((own - fitted) ** 2).mean().to_numpy())
    assert (difference < 0.02 * np.sqrt((own**2).mean().max())).all()
    assert not np.array_equal(own.to_numpy(), fitted.to_numpy())


def test_a_trial_outside_of_the_fitted_range_is_refused(
    laboratory: Laboratory, settings: dict[str, Any], geometry: Path
) -> None:
    angle = np.radians(np.linspace(90, FITTED_DEG[1] + 5, 51))
    _move(laboratory, angle, 4.0 * np.sin(angle))
    settings["muscle_forces"] |= {"solver": "moment_optimization", "paths": "fitted"}
    assert _solve(laboratory, settings, "forces", geometry) is None
    refusal = laboratory.refusal("forces", "swing")
    assert "from 90.0 to 125.0 degrees" in refusal and "muscle_geometry" in refusal


def test_a_muscle_without_a_fitted_path_is_named(
    laboratory: Laboratory, settings: dict[str, Any]
) -> None:
    laboratory.use_generic_as_scaled()
    _move(laboratory, np.radians(np.linspace(40, 60, 51)), np.ones(51))
    settings["muscle_forces"] |= {"solver": "moment_optimization", "paths": "fitted"}
    with pytest.raises(ConfigError, match="no path of extensor"):
        _solve(laboratory, settings, "forces", _fit(laboratory, ["flexor"]))
    with pytest.raises(ConfigError, match="needs the person's muscle geometry"):
        _solve(laboratory, settings, "none", None)


def test_a_joint_that_the_fitted_paths_do_not_know_is_named(
    laboratory: Laboratory, settings: dict[str, Any], geometry: Path
) -> None:
    _move(laboratory, np.radians(np.linspace(40, 60, 51)), np.ones(51))
    other = geometry.with_name("other.nc")
    shape = read_netcdf(geometry, GEOMETRY).load()
    write_netcdf(shape.assign_coords(coordinate=["shoulder_flexion"]), other, GEOMETRY)
    settings["muscle_forces"] |= {"solver": "moment_optimization", "paths": "fitted"}
    with pytest.raises(ConfigError, match="flexor crosses elbow_flexion"):
        _solve(laboratory, settings, "forces", other)


@pytest.mark.parametrize("coordinates", [1, 2, 3])
def test_polynomials_keep_their_values_in_opensim(coordinates: int) -> None:
    import opensim as osim

    rng = np.random.default_rng(coordinates)
    exponent = rng.integers(0, 3, (8, coordinates))
    coefficient, centre = rng.normal(size=8), rng.normal(size=coordinates)
    half = rng.uniform(0.5, 1.5, coordinates)
    table = plain_coefficients(coefficient, exponent, centre, half)
    function = osim.MultivariatePolynomialFunction(
        osim.Vector(in_opensims_order(table)), coordinates, table.shape[0] - 1
    )
    for q in centre + half * rng.uniform(-1, 1, (20, coordinates)):
        expected = np.sum(coefficient * np.prod(((q - centre) / half) ** exponent, axis=1))
        assert function.calcValue(osim.Vector(q.tolist())) == pytest.approx(expected, abs=1e-10)
