"""What a laboratory of virtual people can set of its instruments, each within what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from myopinn.checks.path_names import why_unfit_together
from myopinn.checks.settings import setting
from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError

if TYPE_CHECKING:
    from myopinn.virtual.cameras import CameraSettings
    from myopinn.virtual.electrodes import ElectrodeSettings

Bounds = tuple[float, float, str]


@dataclass(frozen=True)
class InstrumentSettings:
    """Cameras and amplifiers of a laboratory, part of its slice of the configuration.

    Raises
    ------
    ConfigError
        Where a value is not one of those allowed; says which are.
    """

    name: str = setting("the laboratory", "")
    marker_rate_hz: float = setting("of the cameras", 100.0, unit="Hz", ge=50.0, le=500.0)
    marker_noise_mm: float = setting("of a coordinate, SD", 0.3, unit="mm", ge=0.0, le=10.0)
    marker_placement_mm: float = setting(
        "error of placing a marker, SD", 2.0, unit="mm", ge=0.0, le=20.0
    )
    soft_tissue_mm: float = setting(
        "sliding of the skin at 45 degrees", 2.0, unit="mm", ge=0.0, le=20.0
    )
    gaps_per_minute: float = setting("of each marker", 2.0, unit="per minute", ge=0.0, le=60.0)
    emg_rate_hz: float = setting(
        "of the amplifier, a multiple of marker_rate_hz", 2000.0, unit="Hz", ge=1000.0, le=5000.0
    )
    emg_noise_v: float = setting("of the amplifier, SD", 4e-6, unit="V", ge=0.0, le=1e-3)
    mains_hz: float = setting("of the hum", 50.0, unit="Hz", ge=50.0, le=60.0)
    mains_v: float = setting("amplitude of the hum", 2e-6, unit="V", ge=0.0, le=1e-3)
    artefact_v: float = setting("of fast motion", 1e-5, unit="V", ge=0.0, le=1e-3)

    def __post_init__(self) -> None:
        for entry in fields(self):
            unit, value = entry.metadata.get("unit", ""), getattr(self, entry.name)
            if "ge" in entry.metadata:
                bounds = (entry.metadata["ge"], entry.metadata["le"], unit)
                self.check(entry.name, value, bounds, whole=entry.type in (int, "int"))
            if "each" in entry.metadata:
                named = isinstance(value, Mapping)
                for part in value:
                    of = f"{entry.name}: {part}" if named else entry.name
                    self.check(of, value[part] if named else part, (*entry.metadata["each"], unit))
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

    def check_conditions(self, *keys: str) -> None:
        """Hold the conditions, after which trials and their files are named, to what names can be.

        Parameters
        ----------
        keys : str
            Settings that name conditions; all but one may be empty.

        Raises
        ------
        ConfigError
            Where there is none, or a name cannot be that of a file or is given twice.
        """
        names = [name for key in keys for name in getattr(self, key)]
        of = " and ".join(key for key in keys if getattr(self, key)) or " and ".join(keys)
        if not names:
            raise ConfigError(f"{self.name}: {of} names no condition.")
        # A condition of one of these names would be taken for the trial of that kind.
        unfit = list(why_unfit_together(names, reserved=("static", "mvc")))
        unfit += [f"{name!r} is in both." for name in set(names) if names.count(name) > 1]
        if unfit:
            raise ConfigError(f"{self.name}: {of}: {' '.join(unfit)}")

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
            mains_hz=self.mains_hz,
            mains_v=self.mains_v,
            artefact_v=self.artefact_v,
        )
