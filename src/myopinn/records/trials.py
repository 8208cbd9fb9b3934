"""What a laboratory lists: the trials of its people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trial:
    """One trial of a person, as its laboratory lists it.

    Attributes
    ----------
    subject, session, name : str
        Names; ``name`` is unique within the subject and is the stem of the trial's files.
    kind : str
        ``static`` (for scaling), ``dynamic`` (for the study) or ``mvc`` (maximal contractions).
    condition : str
        What distinguishes the trial: a speed, a load; empty where nothing does.
    file : str
        The C3D file inside the person's folder of recordings; of processed recordings the folder
        there that holds :data:`myopinn.files.processed.PROCESSED_FILES`.
    mass_kg : float
        The person's mass; NaN where the C3D file holds it.
    load_kg : float
        A load held in the hand; NaN where nobody wrote it down.
    held_angle_deg : float
        Of the joint that a dynamometer holds still; NaN where nothing is held.
    start_s, end_s : float
        Which stretch of a processed recording the trial is; NaN where it is the whole of it.
    """

    subject: str
    session: str
    name: str
    kind: str
    condition: str
    file: str
    mass_kg: float = float("nan")
    load_kg: float = 0.0
    held_angle_deg: float = float("nan")
    start_s: float = float("nan")
    end_s: float = float("nan")
