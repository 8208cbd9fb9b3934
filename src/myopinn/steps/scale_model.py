"""Scale the generic model to a person and place the markers of each session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.files.layouts.person import PERSON, PERSON_FILE
from myopinn.files.layouts.quality import write_quality
from myopinn.files.layouts.scale_factors import write_scale_factors
from myopinn.formats.whole import whole_directory
from myopinn.opensim.marker_placement import place_markers
from myopinn.opensim.scaling import scale_to_person
from myopinn.opensim.static_pose import read_static_pose
from myopinn.opensim.tool import runner
from myopinn.records.quality import QualityLog

if TYPE_CHECKING:
    pass


def scale_model(
    *,
    signals: str,
    generic_model: str,
    trials: list[dict[str, Any]],
    recording: str,
    subject: str,
    settings: dict[str, Any],
    model: str,
) -> None:
    """Scale the generic model to a person and place the markers of each session.

    Parameters
    ----------
    signals : folder of the person's signals (person.json, <trial>/markers.trc)
    generic_model : generic model with the laboratory's marker set
    trials : the person's trials; of the static ones, the first usable in a session counts
    settings : the ``opensim`` slice of the recording's configuration
    model : folder to write: scaled.osim, <session>.osim, scale_factors.csv, quality.csv,
        opensim.log. Without a usable static trial it holds quality.csv alone.

    Raises
    ------
    ConfigError
        Where a measurement names a marker or body that the generic model does not have.
    """
    log = QualityLog(recording, subject, "scale_model")
    with whole_directory(model) as folder:
        scaled, table = folder / "scaled.osim", folder / "scale_factors.csv"
        done: set[str] = set()
        for trial in (t for t in trials if t["kind"] == "static"):
            session, name = trial["session"], trial["name"]
            file = Path(signals).resolve() / name / "markers.trc"
            if session in done or not file.is_file():
                continue
            with log.guard(name, session=session):
                pose = read_static_pose(file)
                noted = (settings["scaling"], log, trial)
                run = runner(settings, folder, name)
                if not scaled.exists():
                    generic, mass_kg = Path(generic_model).resolve(), _body_mass(Path(signals))
                    factors = scale_to_person(
                        generic, pose, mass_kg, *noted, run=run, output=scaled
                    )
                    write_scale_factors(factors, table)
                place_markers(scaled, pose, *noted, run=run, output=folder / f"{session}.osim")
                done.add(session)
            if not done:
                # The next static trial must not build on a skeleton scaled from a bad one.
                scaled.unlink(missing_ok=True)
                table.unlink(missing_ok=True)
        for session in sorted({t["session"] for t in trials} - done):
            log.note("", "session", f"no usable static trial in session '{session}'.")
        write_quality(log, folder / "quality.csv")


def _body_mass(signals: Path) -> float:
    """Read the person's mass in kg from the folder of signals.

    Raises
    ------
    TrialError
        Where it is missing or cannot be a person's mass.
    """
    file = signals / PERSON_FILE
    mass = float(PERSON.read(file)["mass_kg"]) if file.is_file() else float("nan")
    if not mass > 0:
        raise TrialError(
            f"the person's mass is {mass:g} kg.",
            remedy="Give mass_kg in the trial list or in the C3D file.",
            file=file,
        )
    return mass
