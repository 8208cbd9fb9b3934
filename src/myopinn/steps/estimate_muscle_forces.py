"""Estimate the muscle forces of a person's trials."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError, TrialError
from myopinn.files.layouts.force_intervals import read_force_intervals
from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.layouts.joint_motion import FILTERED_ANGLES, JOINT_MOMENTS
from myopinn.files.layouts.muscle_solution import ACTIVATION, MUSCLE_FORCE, RESERVE
from myopinn.files.layouts.quality import write_quality
from myopinn.files.netcdf import read_netcdf
from myopinn.formats.opensim_files import read_storage
from myopinn.formats.whole import whole_directory
from myopinn.opensim.fitted_paths import FittedPaths, fit_paths_into
from myopinn.opensim.held_load import model_with_load
from myopinn.opensim.muscle_forces import (
    check_solver,
    checked_instants,
    solved_interval,
    timed_solution,
)
from myopinn.opensim.muscle_solution import MuscleSolution, muscle_moments, saturated_share
from myopinn.opensim.reduction import reduce_model
from myopinn.opensim.solvers import find_solver
from myopinn.opensim.tool import runner
from myopinn.records.quality import QualityLog

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# How ``paths`` has it that solvers see the polynomials of the muscle geometry.
_FITTED = "fitted"


@dataclass(frozen=True)
class _TrialFiles:
    """What the solver of a trial reads."""

    coordinates: Path
    moments: Path
    external_loads: Path | None
    force_intervals: Path


def estimate_muscle_forces(
    *,
    signals: str,
    model: str,
    inverse_dynamics: str,
    trials: list[dict[str, Any]],
    recording: str,
    subject: str,
    settings: dict[str, Any],
    muscle_forces: str,
    geometry: str | None = None,
) -> None:
    """Estimate the muscle forces of every trial that has joint moments.

    Parameters
    ----------
    signals : folder of the person's signals (<trial>/external_loads.xml, force_intervals.csv)
    model : folder of the person's models (scaled.osim)
    inverse_dynamics : folder of the person's moments (<trial>_coordinates.mot, <trial>.sto)
    trials : the person's trials, with the load held in each
    settings : the ``opensim`` slice of the recording's configuration; of ``muscle_forces``:

        - ``solver``: the name of one (:mod:`myopinn.opensim.solvers`)
        - ``paths``: ``as_in_model`` (default), or ``fitted``: the solver sees the polynomials of
          the muscle geometry; the moment balance is judged with OpenSim's own paths in any case
        - ``force_side``: ``r``, ``l`` or ``both``: solve only while this side's ground forces are
          known (force_intervals.csv); null solves the whole trial
        - ``bounds``: ``max_reserve_share`` (rms reserve by rms moment) and
          ``max_moment_error_n_m`` (rms of the moment balance), each studied coordinate
        - and what :func:`myopinn.opensim.reduction.reduce_model` and the solver read
    muscle_forces : folder to write: reduced.osim, <trial>_force.sto, <trial>_activation.sto,
        <trial>_reserve.sto, quality.csv, opensim.log
    geometry : the person's muscle geometry; needed for ``paths: fitted`` alone

    Raises
    ------
    ConfigError
        Where a muscle, coordinate or solver does not exist, or they do not fit each other.
    """
    options = dict(settings["muscle_forces"])
    check_solver(options)
    fitted = options.get("paths") == _FITTED
    if fitted and geometry is None:
        raise ConfigError("muscle_forces: paths: fitted needs the person's muscle geometry.")
    log = QualityLog(recording, subject, "estimate_muscle_forces")
    scaled = Path(model).resolve() / "scaled.osim"
    with whole_directory(muscle_forces) as folder:
        reduced = folder / "reduced.osim"
        for trial in trials:
            name = trial["name"]
            files = _trial_files(Path(signals).resolve(), Path(inverse_dynamics).resolve(), name)
            if not files.moments.is_file():
                continue
            run = runner(settings, folder, name)
            with log.guard(name, session=trial["session"]):
                if not reduced.exists():
                    options["muscles"] = run(
                        reduce_model, model_file=scaled, settings=options, output=reduced
                    )
                with tempfile.TemporaryDirectory() as scratch:
                    loaded = model_with_load(reduced, trial["load_kg"], Path(scratch, "model.osim"))
                    solved = loaded
                    if fitted:
                        solved = Path(scratch, "fitted_paths.osim")
                        run(
                            fit_paths_into,
                            model_file=loaded,
                            paths=_read_paths(Path(str(geometry)).resolve()),
                            coordinates=files.coordinates,
                            output=solved,
                        )
                    _solve_trial(folder, (solved, loaded), files, options, log, trial, run)
        write_quality(log, folder / "quality.csv")


def _trial_files(signals: Path, inverse_dynamics: Path, name: str) -> _TrialFiles:
    loads = signals / name / "external_loads.xml"
    return _TrialFiles(
        coordinates=FILTERED_ANGLES.path(inverse_dynamics, name),
        moments=JOINT_MOMENTS.path(inverse_dynamics, name),
        external_loads=loads if loads.is_file() else None,
        force_intervals=signals / name / "force_intervals.csv",
    )


def _read_paths(geometry: Path) -> FittedPaths:
    """Read the polynomials of a person's muscle geometry.

    Raises
    ------
    TrialError
        Where the person has none.
    """
    shape = read_netcdf(geometry, GEOMETRY)
    if not shape.sizes["muscle"]:
        raise TrialError(
            "no muscle paths were fitted for this person.",
            remedy="See the quality record of fit_muscle_geometry.",
            file=geometry,
        )
    return FittedPaths(*(shape[field.name].values for field in fields(FittedPaths)))


def _solve_trial(
    folder: Path,
    models: tuple[Path, Path],
    files: _TrialFiles,
    options: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
    run: Callable[..., Any],
) -> None:
    """Solve one trial, record its quality, and write its files where it meets the bounds.

    The first model is the solver's, the second what the moment balance is judged by.
    """
    name, session, side = trial["name"], trial["session"], options.get("force_side")
    moments, _ = read_storage(files.moments)
    times = moments.index.to_numpy()
    known = read_force_intervals(files.force_intervals, side) if side is not None else None
    start_s, end_s = solved_interval(times, known, side, files.force_intervals)
    to_solve, to_judge = models
    solver = find_solver(options["solver"])
    given: dict[str, Any] = {"moments": files.moments} if solver.given_moments else {}
    solution, took_s = run(
        timed_solution,
        **given,
        solver=options["solver"],
        model_file=to_solve,
        coordinates=files.coordinates,
        external_loads=files.external_loads,
        start_s=start_s,
        end_s=end_s,
        settings=options,
    )
    solution = solution.at(times)
    log.measure(name, "cpu_time_per_second", took_s / (end_s - start_s), "s/s", session=session)
    log.measure(name, f"solver_succeeded:{solution.status}", 1.0, "1", session=session)
    checked = checked_instants(solution, solver)
    produced = run(
        muscle_moments,
        model_file=to_judge,
        coordinates=files.coordinates,
        force=checked.force,
        studied=list(options["coordinates"]),
    )
    _measure(checked, produced, moments, options, log, trial)
    MUSCLE_FORCE.write(solution.force, folder, name)
    ACTIVATION.write(solution.activation, folder, name)
    RESERVE.write(solution.reserve, folder, name)


def _measure(
    solution: MuscleSolution,
    produced: Mapping[str, np.ndarray],
    moments: pd.DataFrame,
    options: Mapping[str, Any],
    log: QualityLog,
    trial: Mapping[str, Any],
) -> None:
    """Record the moment balance, the reserves' share and the saturation; hold them to bounds."""
    import numpy as np

    def rms(values: np.ndarray) -> float:
        return float(np.sqrt(np.mean(np.square(values))))

    name, session, bounds = trial["name"], trial["session"], options.get("bounds") or {}
    for coordinate, muscle_moment in produced.items():
        wanted = np.interp(
            solution.force.index, moments.index, moments[f"{coordinate}_moment"].to_numpy()
        )
        reserve = solution.reserve[coordinate].to_numpy()
        error = muscle_moment + reserve - wanted
        log.measure(
            name,
            f"moment_balance_rms:{coordinate}",
            rms(error),
            "N.m",
            session=session,
            at_most=bounds.get("max_moment_error_n_m"),
            remedy="The solver failed at some instants: see opensim.log, or take another solver.",
        )
        log.measure(
            name,
            f"moment_balance_max:{coordinate}",
            float(np.abs(error).max()),
            "N.m",
            session=session,
        )
        log.measure(
            name,
            f"reserve_share:{coordinate}",
            rms(reserve) / rms(wanted),
            "1",
            session=session,
            at_most=bounds.get("max_reserve_share"),
            remedy="The muscles are too weak for the moment: keep more muscles, check the moment.",
        )
    log.measure(name, "saturated_share", saturated_share(solution.activation), "1", session=session)
