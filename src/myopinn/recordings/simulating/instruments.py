"""What a laboratory of virtual people can set of its instruments, each within what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from myopinn.checks.path_names import why_unfit_together
from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError

if TYPE_CHECKING:
    from myopinn.virtual.cameras import CameraSettings
    from myopinn.virtual.electrodes import ElectrodeSettings

Bounds = tuple[float, float, str]


@dataclass(frozen=True)
class InstrumentSettings:
    """Cameras and amplifiers of a laboratory, part of its slice of the configuration.

    Attributes
    ----------
    name : str
        The laboratory's.
    marker_rate_hz, marker_noise_mm, marker_placement_mm, soft_tissue_mm, gaps_per_minute : float
        Markers: noise of a coordinate, error of placement, sliding of the skin at 45 degrees,
        gaps of each marker.
    emg_rate_hz, emg_noise_v, cross_talk, mains_hz, mains_v, artefact_v : float
        EMG: noise, share of the next muscle, hum, motion artefact.

    Raises
    ------
    ConfigError
        Where a value is not one of those allowed; says which are.
    """

    name: str = ""
    marker_rate_hz: float = 100.0
    marker_noise_mm: float = 0.3
    marker_placement_mm: float = 2.0
    soft_tissue_mm: float = 2.0
    gaps_per_minute: float = 2.0
    emg_rate_hz: float = 2000.0
    emg_noise_v: float = 4e-6
    cross_talk: float = 0.05
    mains_hz: float = 50.0
    mains_v: float = 2e-6
    artefact_v: float = 1e-5

    # What is allowed, ends included, with the unit.
    ranges: ClassVar[dict[str, Bounds]] = {
        "marker_rate_hz": (50.0, 500.0, "Hz"),
        "marker_noise_mm": (0.0, 10.0, "mm"),
        "marker_placement_mm": (0.0, 20.0, "mm"),
        "soft_tissue_mm": (0.0, 20.0, "mm"),
        "gaps_per_minute": (0.0, 60.0, "per minute"),
        "emg_rate_hz": (1000.0, 5000.0, "Hz"),
        "emg_noise_v": (0.0, 1e-3, "V"),
        "cross_talk": (0.0, 0.5, ""),
        "mains_hz": (50.0, 60.0, "Hz"),
        "mains_v": (0.0, 1e-3, "V"),
        "artefact_v": (0.0, 1e-3, "V"),
    }
    counts: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for key, bounds in self.ranges.items():
            self.check(key, getattr(self, key), bounds, whole=key in self.counts)
        if self.emg_rate_hz % self.marker_rate_hz:
            raise ConfigError(
                f"{self.name}: emg_rate_hz is {self.emg_rate_hz:g}, it must be a multiple of "
                f"marker_rate_hz, {self.marker_rate_hz:g}."
            )

    def check(self, key: str, value: Any, bounds: Bounds, *, whole: bool = False) -> None:
        """Hold a value to its range.

        Raises
        ------
        ConfigError
        """
        low, high, unit = bounds
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not low <= value <= high or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            raise ConfigError(
                f"{self.name}: {key} is {value!r}, allowed is {kind} from {low:g} to {high:g}"
                f"{' ' + unit if unit else ''}."
            )

    def check_conditions(self, key: str, values: Mapping[str, Any], bounds: Bounds) -> None:
        """Hold the conditions, after which trials and their files are named, and their values.

        Raises
        ------
        ConfigError
            Where there is none, a name cannot be that of a file, or a value is out of range.
        """
        if not values:
            raise ConfigError(f"{self.name}: {key} names no condition.")
        # A condition of one of these names would be taken for the trial of that kind.
        unfit = list(why_unfit_together(values, reserved=("static", "mvc")))
        if unfit:
            raise ConfigError(f"{self.name}: {key}: {' '.join(unfit)}")
        for condition, value in values.items():
            self.check(f"{key}: {condition}", value, bounds)

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Any:
        """Read a laboratory's slice of the configuration.

        Raises
        ------
        ConfigError
            Where a key is unknown (says which was meant) or a value is not allowed.
        """
        known = [entry.name for entry in fields(cls)]
        for key in settings:
            if key not in known:
                name = settings.get("name", cls.name)
                raise ConfigError(f"{name}: unknown setting '{key}'.{meant(key, known)}")
        return cls(**settings)

    def cameras(self) -> CameraSettings:
        """Give the cameras in SI units."""
        from myopinn.virtual.cameras import CameraSettings

        return CameraSettings(
            rate_hz=self.marker_rate_hz,
            noise_m=self.marker_noise_mm / 1000.0,
            placement_m=self.marker_placement_mm / 1000.0,
            soft_tissue_m=self.soft_tissue_mm / 1000.0,
            gaps_per_minute=self.gaps_per_minute,
        )

    def electrodes(self) -> ElectrodeSettings:
        """Give the electrodes and amplifiers."""
        from myopinn.virtual.electrodes import ElectrodeSettings

        return ElectrodeSettings(
            rate_hz=self.emg_rate_hz,
            noise_v=self.emg_noise_v,
            cross_talk=self.cross_talk,
            mains_hz=self.mains_hz,
            mains_v=self.mains_v,
            artefact_v=self.artefact_v,
        )
