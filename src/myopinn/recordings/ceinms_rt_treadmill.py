"""One adult walking on a treadmill at two speeds, as published with CEINMS-RT's lower-limb model.

Joint angles, joint moments, ground forces and the envelopes of nine right-leg muscles at 100 Hz,
already processed by the authors (Durandau, Farina, Sartori 2017, doi 10.1109/TBME.2017.2704085);
no markers, no raw EMG. The envelopes are shares of a largest one that the files do not name. What
is fetched, from where and under which terms is listed in ``ceinms_rt_treadmill.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myopinn.checks.settings import setting
from myopinn.checks.spelling import meant, some
from myopinn.errors import ChecksumError, ConfigError, TrialError
from myopinn.files.processed import (
    ANGLES_FILE,
    ENVELOPES_FILE,
    GROUND_FORCES_FILE,
    MODEL_FILE,
    MOMENTS_FILE,
)
from myopinn.recordings.reading.download import FileGoneError, FileList, fetch, read_lists
from myopinn.recordings.reading.pieces import check_pieces, cut_pieces
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial

# It enters the flow after inverse dynamics.
PROCESSED = True
SUBJECT = "S06"
SESSION = "session_1"
# What the authors call their files.
PLACES = {
    "ik.sto": ANGLES_FILE,
    "id.sto": MOMENTS_FILE,
    "emgFilt.sto": ENVELOPES_FILE,
    "XLD.mot": GROUND_FORCES_FILE,
}
# Condition and length of each walk.
WALKS = {"walk36": ("3.6_km_h", 60.96), "walk45": ("4.5_km_h", 59.03)}


@dataclass(frozen=True)
class Settings:
    """What is used of the recordings."""

    name: str = setting("the laboratory", "ceinms_rt_treadmill")
    walks: tuple[str, ...] = setting(
        "walk36 (3.6 km/h) and walk45 (4.5 km/h); none named means both", ()
    )
    pieces: Mapping[str, float] | None = setting(
        "length_s and gap_s: how each walk is cut into trials; null makes it one trial",
        None,
        unit="s",
    )
    until_s: Mapping[str, float] = setting(
        "where a walk is no longer used; without one it is used to its end", {}, unit="s"
    )

    def __post_init__(self) -> None:
        """Hold the settings to what the recordings have.

        Raises
        ------
        ConfigError
            Where there is no such walk, or its pieces make no sense.
        """
        check_pieces(self.name, self.pieces)
        for walk in (*self.walks, *self.until_s):
            if walk not in WALKS:
                raise ConfigError(
                    f"laboratory ceinms_rt_treadmill has no walk '{walk}'.{meant(walk, WALKS)} "
                    f"There are {some(WALKS)}."
                )


def list_trials(settings: Mapping[str, Any]) -> list[Trial]:
    """List the trials that the walks are cut into.

    Raises
    ------
    ConfigError
        Where a walk is not there, or no piece fits into it.
    """
    wanted = Settings(**settings)
    trials = []
    for walk, (condition, length_s) in WALKS.items():
        if wanted.walks and walk not in wanted.walks:
            continue
        whole = Trial(SUBJECT, SESSION, walk, "dynamic", condition, file=walk)
        end_s = min(length_s, float(wanted.until_s.get(walk, length_s)))
        trials += cut_pieces(whole, 0.0, end_s, wanted.pieces)
    return trials


def fetch_recordings(
    *, settings: Mapping[str, Any], subject: str, recordings: Path, log: QualityLog
) -> None:
    """Put the walks and the model into the folder ``recordings``.

    A walk with a file that is not the listed one, or that its origin no longer holds, is left out
    with its reason and the other goes on.

    Raises
    ------
    ChecksumError
        Where the model is not the listed file.
    DownloadError
        Where neither the mirror nor the network can be reached.
    """
    lists = _lists()
    trials = list_trials(settings)
    fetch(lists["model"].files[0], recordings / MODEL_FILE)
    for walk in dict.fromkeys(trial.file for trial in trials):
        try:
            for file in lists[walk].files:
                fetch(file, recordings / walk / PLACES[file.name])
        except (ChecksumError, FileGoneError) as error:
            for trial in trials:
                if trial.file == walk:
                    refused = TrialError(str(error), file=walk)
                    log.reject(trial.name, refused, session=trial.session)


def _lists() -> dict[str, FileList]:
    return read_lists(Path(__file__).with_suffix(".yaml"))
