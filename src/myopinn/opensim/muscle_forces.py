"""Muscle forces: which muscles, by how much, made the joint moments.

The solver is a setting; whatever it says of itself, its answer is judged by the moment balance:
the muscles' moments and the reserves' must add up to inverse dynamics.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError, TrialError
from myopinn.files.layouts.quality import write_quality
from myopinn.files.tables import read_table
from myopinn.formats.opensim_files import read_storage, write_storage
from myopinn.formats.whole import whole_directory
from myopinn.opensim.cmc import solve_cmc
from myopinn.opensim.fitted_paths import fit_paths_into
from myopinn.opensim.held_load import model_with_load
from myopinn.opensim.moco_inverse import solve_moco_inverse
from myopinn.opensim.moment_optimization import solve_moment_optimization
from myopinn.opensim.muscle_solution import MuscleSolution, muscle_moments, saturated_share
from myopinn.opensim.reduction import DEGROOTE_FREGLY, reduce_model
from myopinn.opensim.static_optimization import solve_static_optimization
from myopinn.opensim.tool import DEFAULT_TIMEOUT_S, run
from myopinn.records.quality import QualityLog

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SOLVERS: dict[str, Callable[..., MuscleSolution]] = {
    "static_optimization": solve_static_optimization,
    "moco_inverse": solve_moco_inverse,
    "cmc": solve_cmc,
    "moment_optimization": solve_moment_optimization,
}
# The only one that balances moments as they are given, and does not compute them anew.
GIVEN_MOMENTS = "moment_optimization"
# How ``paths`` has it that solvers see the polynomials of the muscle geometry.
FITTED = "fitted"
# Whose equations are the balance itself: it is enough to look at some instants of a trial, evenly
# spread, as OpenSim takes a quarter of a second for the moment arms of a leg at one of them.
CHECKED_INSTANTS = 20


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

        - ``solver``: ``static_optimization``, ``moco_inverse``, ``cmc`` or
          ``moment_optimization``, which balances the moments as they are
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
    timeout_s = settings.get("timeout_s", DEFAULT_TIMEOUT_S)
    _check_solver(options)
    if options.get("paths") == FITTED and geometry is None:
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
            with log.guard(name, session=trial["session"]):
                if not reduced.exists():
                    options["muscles"] = run(
                        reduce_model,
                        timeout_s=timeout_s,
                        log=folder / "opensim.log",
                        label=name,
                        model_file=scaled,
                        settings=options,
                        output=reduced,
                    )
                with tempfile.TemporaryDirectory() as scratch:
                    loaded = model_with_load(reduced, trial["load_kg"], Path(scratch, "model.osim"))
                    solved = loaded
                    if options.get("paths") == FITTED:
                        solved = Path(scratch, "fitted_paths.osim")
                        run(
                            fit_paths_into,
                            timeout_s=timeout_s,
                            log=folder / "opensim.log",
                            label=name,
                            model_file=loaded,
                            geometry=Path(str(geometry)).resolve(),
                            coordinates=files.coordinates,
                            output=solved,
                        )
                    _solve_trial(folder, (solved, loaded), files, options, timeout_s, log, trial)
        write_quality(log, folder / "quality.csv")


def _check_solver(options: Mapping[str, Any]) -> None:
    """Refuse what the configuration's schema cannot.

    Raises
    ------
    ConfigError
    """
    solver = options["solver"]
    if solver not in SOLVERS:
        raise ConfigError(f"muscle_forces: solver '{solver}' is none of {', '.join(SOLVERS)}.")
    if solver == "moco_inverse" and options.get("muscle_model") != DEGROOTE_FREGLY:
        raise ConfigError(f"moco_inverse needs muscle_forces: muscle_model: {DEGROOTE_FREGLY}.")


def _trial_files(signals: Path, inverse_dynamics: Path, name: str) -> _TrialFiles:
    loads = signals / name / "external_loads.xml"
    return _TrialFiles(
        coordinates=inverse_dynamics / f"{name}_coordinates.mot",
        moments=inverse_dynamics / f"{name}.sto",
        external_loads=loads if loads.is_file() else None,
        force_intervals=signals / name / "force_intervals.csv",
    )


def _solve_trial(
    folder: Path,
    models: tuple[Path, Path],
    files: _TrialFiles,
    options: Mapping[str, Any],
    timeout_s: float,
    log: QualityLog,
    trial: Mapping[str, Any],
) -> None:
    """Solve one trial, record its quality, and write its files where it meets the bounds.

    The first model is the solver's, the second what the moment balance is judged by.
    """
    name, session = trial["name"], trial["session"]
    moments, _ = read_storage(files.moments)
    start_s, end_s = solved_interval(moments.index.to_numpy(), files, options.get("force_side"))
    child = {
        "timeout_s": timeout_s,
        "log": folder / "opensim.log",
        "label": name,
        "coordinates": files.coordinates,
    }
    to_solve, to_judge = models
    given: dict[str, Any] = {"moments": files.moments} if options["solver"] == GIVEN_MOMENTS else {}
    solution, took_s = run(
        timed_solution,
        **child,
        **given,
        solver=options["solver"],
        model_file=to_solve,
        external_loads=files.external_loads,
        start_s=start_s,
        end_s=end_s,
        settings=options,
    )
    solution = solution.at(moments.index.to_numpy())
    log.measure(name, "cpu_time_per_second", took_s / (end_s - start_s), "s/s", session=session)
    log.measure(name, f"solver_succeeded:{solution.status}", 1.0, "1", session=session)
    checked = _checked(solution, options["solver"])
    produced = run(
        muscle_moments,
        **child,
        model_file=to_judge,
        force=checked.force,
        studied=list(options["coordinates"]),
    )
    _measure(checked, produced, moments, options, log, trial)
    for table, suffix in (
        (solution.force, "force"),
        (solution.activation, "activation"),
        (solution.reserve, "reserve"),
    ):
        write_storage(
            folder / f"{name}_{suffix}.sto",
            table.index.to_numpy(),
            {str(c): table[c].to_numpy() for c in table},
            in_degrees=False,
            title=f"muscle_{suffix}",
        )


def _checked(solution: MuscleSolution, solver: str) -> MuscleSolution:
    """Give the instants at which the moment balance is looked at: all, but for one solver."""
    import numpy as np

    if solver != GIVEN_MOMENTS or len(solution.force) <= CHECKED_INSTANTS:
        return solution
    rows = np.linspace(0, len(solution.force) - 1, CHECKED_INSTANTS).round().astype(int)
    return MuscleSolution(
        solution.force.iloc[rows],
        solution.activation.iloc[rows],
        solution.reserve.iloc[rows],
        solution.status,
    )


def timed_solution(*, solver: str, **arguments: Any) -> tuple[MuscleSolution, float]:
    """Call a solver inside :func:`myopinn.opensim.tool.run`; give its answer and processor time."""
    start = time.process_time()
    return SOLVERS[solver](**arguments), time.process_time() - start


def solved_interval(
    time_s: np.ndarray, files: _TrialFiles, side: str | None
) -> tuple[float, float]:
    """Give the first and the last time to solve for.

    Parameters
    ----------
    time_s : array, shape (frame,)
        Times of the moments.
    side : ``r``, ``l``, ``both`` or None
        Whose ground forces must be known; None takes the whole trial. What lies between two
        such intervals is solved as well; cycles that touch it are for the dataset to leave out.

    Raises
    ------
    TrialError
        Where the side's ground forces are never known.
    """
    if side is None:
        return float(time_s[0]), float(time_s[-1])
    inside = []
    if files.force_intervals.is_file():
        table = read_table(files.force_intervals, dtype={"side": str})
        for row in table[table["side"] == side].itertuples():
            inside += [t for t in time_s if row.start_s <= t <= row.end_s]
    if len(inside) < 2:
        raise TrialError(
            f"the ground forces of side '{side}' are at no time fully measured.",
            remedy="Leave the trial out, or set muscle_forces: force_side to another side.",
            file=files.force_intervals,
        )
    return float(min(inside)), float(max(inside))


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
