"""Recordings: where they come from, and how they are worked up."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationError, ValidationInfo
from pydantic_core import core_schema

from myopinn.config.dataset import Dataset
from myopinn.config.fields import SEE, OneOf, Section, fit_names, key
from myopinn.config.messages import detail, misspelt, told, wrong_type
from myopinn.config.opensim import GivenOpenSim, RawOpenSim
from myopinn.config.settings import hold_settings
from myopinn.config.signals import C3D, GIVEN, GivenSignals, RawSignals
from myopinn.errors import ConfigError

_LABORATORY = (
    "Where the recordings come from: 'name' is a laboratory, c3d_folder or sto_folder for your own "
    "files; the other keys are its own"
)


class Slice:
    """Marks a laboratory's slice, which is held to its settings."""

    def hold(self, value: Any, info: ValidationInfo) -> Any:
        """Hold a slice to the laboratory that it names."""
        plug_ins: Any = info.context
        name = value.get("name") if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping):
            problem = detail(told(wrong_type(value, "keys with values")), value)
        elif "name" not in value:
            text = misspelt(value, "name") or f": the key 'name' is missing ({_LABORATORY})."
            problem = detail(told(text, above=True), value, "name")
        elif not isinstance(name, str):
            problem = detail(told(wrong_type(name, "text")), value, "name")
        else:
            try:
                return hold_settings(value, plug_ins.laboratory(name).settings, info)
            except ConfigError as error:
                problem = detail(told(f" is '{name}': {error}"), value, "name")
        raise ValidationError.from_exception_data("", [problem])

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Hold by hand: the settings are known when the laboratory is."""
        return core_schema.with_info_plain_validator_function(self.hold)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Leave a place for the slices of all laboratories."""
        return {SEE: "Laboratory"}


Laboratory = Annotated[Any, Slice()]


class RawRecording(Section):
    """Recordings of C3D files."""

    needed_by: ClassVar[str] = C3D
    laboratory: Laboratory = key(..., _LABORATORY)
    signals: RawSignals = key(..., "How C3D files become markers, forces, events and envelopes")
    opensim: RawOpenSim = key(
        ..., "Scaling, kinematics, dynamics, muscle forces and muscle geometry in OpenSim"
    )
    dataset: Dataset = key(..., "How trials are cut into cycles and what is kept of them")


class GivenRecording(Section):
    """Recordings that enter the flow after inverse dynamics."""

    needed_by: ClassVar[str] = GIVEN
    laboratory: Laboratory = key(..., _LABORATORY)
    signals: GivenSignals = key(..., "What the signals of processed recordings are")
    opensim: GivenOpenSim = key(..., "Muscle forces and muscle geometry")
    dataset: Dataset = key(..., "How trials are cut into cycles and what is kept of them")


def _recording(value: Any, plug_ins: Any) -> type[Section]:
    """Tell the kind of recordings by their laboratory, or by what they have where it is unknown."""
    parts = value if isinstance(value, Mapping) else {}
    laboratory, signals = parts.get("laboratory"), parts.get("signals")
    name = laboratory.get("name") if isinstance(laboratory, Mapping) else None
    processed = isinstance(signals, Mapping) and "markers" not in signals
    if plug_ins is not None and name in plug_ins.laboratories():
        processed = plug_ins.laboratory(name).processed
    return GivenRecording if processed else RawRecording


Recording = Annotated[Any, OneOf((RawRecording, GivenRecording), _recording)]
Recordings = Annotated[
    dict[str, Recording], Field(min_length=1), fit_names("truth", "muscle_force", "deep_emg")
]
