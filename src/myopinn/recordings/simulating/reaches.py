"""Movement that nobody can foresee: reaches for drawn targets, and what makes them hard to read.

A condition of this kind is named in the setting ``reaches`` of a laboratory of virtual people. The
load and the direction of gravity are what EMG alone cannot know; the analysis sees the one in the
trial's ``load_kg`` and the other in the markers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from myopinn.checks.settings import setting
from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from myopinn.virtual.motion import Target

Pair = tuple[float, float]


@dataclass(frozen=True)
class Reach:
    """What reaches of a condition are like.

    Raises
    ------
    ConfigError
        Where a value is not one of those allowed; says which are.
    """

    duration_s: Sequence[float] = setting(
        "shortest and longest movement to a target", (0.4, 1.2), unit="s", each=(0.25, 4.0)
    )
    dwell_s: Sequence[float] = setting(
        "shortest and longest rest at a target", (0.0, 0.6), unit="s", each=(0.0, 10.0)
    )
    load: float = setting("in the hand, by the laboratory's usual one", 1.0, ge=0.25, le=3.0)
    gravity_deg: float = setting(
        "how far the limb is raised forward on its support beyond its usual posture, so that it "
        "feels gravity from elsewhere",
        0.0,
        unit="degrees",
        ge=-60.0,
        le=150.0,
    )

    def __post_init__(self) -> None:
        for entry in fields(self):
            value, unit = getattr(self, entry.name), entry.metadata["unit"]
            if "each" in entry.metadata:
                low, high = entry.metadata["each"]
                if not _is_pair(value) or not low <= value[0] <= value[1] <= high:
                    raise ConfigError(
                        f"{entry.name} is {value!r}, allowed are two numbers from {low:g} to "
                        f"{high:g} {unit}, the smaller one first."
                    )
            elif not _is_number(value) or not entry.metadata["ge"] <= value <= entry.metadata["le"]:
                raise ConfigError(
                    f"{entry.name} is {value!r}, allowed is a number from "
                    f"{entry.metadata['ge']:g} to {entry.metadata['le']:g}"
                    f"{' ' + unit if unit else ''}."
                )

    def target(
        self, targets_rad: Pair, start_s: float, end_s: float, rng: np.random.Generator
    ) -> Target:
        """Draw what a person intends to do in a trial."""
        from myopinn.virtual.motion import reach

        (shortest, longest), (least, most) = self.duration_s, self.dwell_s
        return reach([targets_rad], (shortest, longest), (least, most), start_s, end_s, rng)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_pair(value: Any) -> bool:
    return isinstance(value, Sequence) and len(value) == 2 and all(map(_is_number, value))


def read_reaches(of: str, values: Mapping[str, Any]) -> dict[str, Reach]:
    """Read the setting ``reaches`` of a laboratory.

    Parameters
    ----------
    of : str
        The laboratory's name, for messages.

    Raises
    ------
    ConfigError
        Where a key is unknown (says which was meant) or a value is not allowed.
    """
    known = [entry.name for entry in fields(Reach)]
    read = {}
    for name, wanted in values.items():
        here = f"{of}: reaches: {name}"
        if isinstance(wanted, Reach):
            read[name] = wanted
            continue
        if not isinstance(wanted, Mapping):
            raise ConfigError(f"{here} is {wanted!r}, expected keys and values, {{}} for none.")
        for key in wanted:
            if key not in known:
                raise ConfigError(f"{here}: unknown setting '{key}'.{meant(key, known)}")
        try:
            read[name] = Reach(**wanted)
        except ConfigError as error:
            raise ConfigError(f"{here}: {error}") from None
    return read
