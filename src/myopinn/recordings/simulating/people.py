"""What a laboratory of virtual people can set of how they differ, each within what is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from myopinn.checks.settings import setting
from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError
from myopinn.recordings.simulating.instruments import InstrumentSettings
from myopinn.virtual.sharing_laws import LEAST_EFFORT, SHARING_LAWS

if TYPE_CHECKING:
    from myopinn.virtual.differences import Differences

# Settings that are the least and the largest value between people.
_BETWEEN = ("cross_talk", "mvc_effort", "emg_power", "spectrum_power", "electrode_shift")


@dataclass(frozen=True)
class PeopleSettings(InstrumentSettings):
    """How people differ in their EMG and in how they share a moment among muscles.

    Raises
    ------
    ConfigError
        Where a value is not one of those allowed; says which are.
    """

    cross_talk: Sequence[float] = setting(
        "share of the next muscle in a channel: least and largest of a person",
        (0.05, 0.05),
        each=(0.0, 0.5),
    )
    mvc_effort: Sequence[float] = setting(
        "share of its usual maximum that a muscle reaches in maximal contractions: least and "
        "largest, drawn for each muscle of a person",
        (1.0, 1.0),
        each=(0.3, 1.0),
    )
    emg_power: Sequence[float] = setting(
        "power of the excitation that the amplitude of the EMG is: least and largest, drawn for "
        "each muscle of a person",
        (1.0, 1.0),
        each=(0.3, 3.0),
    )
    spectrum_power: Sequence[float] = setting(
        "power of the fibres' length by which the frequencies of the EMG fall: least and largest, "
        "drawn for each muscle of a person",
        (0.0, 0.0),
        each=(0.0, 2.0),
    )
    electrode_shift: Sequence[float] = setting(
        "how far electrodes are put from their place at most, anew in each session, by the way to "
        "the next muscle: least and largest of a person",
        (0.0, 0.0),
        each=(0.0, 0.5),
    )
    sharing_laws: Sequence[str] = setting(
        "by which people share a moment among muscles, in turn: least_effort, least_fatigue (cubed "
        "stress), synergies or optimal_feedback (least variance, noise growing with the signal)",
        (LEAST_EFFORT,),
    )

    def __post_init__(self) -> None:
        for key in _BETWEEN:
            value = getattr(self, key)
            if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != 2:
                raise ConfigError(
                    f"{self.name}: {key} is {value!r}, expected the least and the largest value; "
                    "the same twice for people who do not differ."
                )
        super().__post_init__()
        for key in _BETWEEN:
            low, high = getattr(self, key)
            if low > high:
                raise ConfigError(
                    f"{self.name}: {key} is {[low, high]}, the least value has to come first."
                )
        self._check_laws()

    def _check_laws(self) -> None:
        laws = self.sharing_laws
        if isinstance(laws, str) or not isinstance(laws, Sequence) or not laws:
            raise ConfigError(
                f"{self.name}: sharing_laws is {laws!r}, expected a list of one law or more of "
                f"{', '.join(SHARING_LAWS)}."
            )
        for law in laws:
            if law not in SHARING_LAWS:
                raise ConfigError(
                    f"{self.name}: sharing_laws: there is no law {law!r}, there are "
                    f"{', '.join(SHARING_LAWS)}.{meant(str(law), SHARING_LAWS)}"
                )

    def differences(self) -> Differences:
        """Give how people differ."""
        from myopinn.virtual.differences import Differences

        known = {entry.name for entry in fields(Differences)}
        return Differences(**{name: tuple(getattr(self, name)) for name in sorted(known)})
