"""Entries of a task: its variants, ceilings and the levels of its questions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_core import core_schema

from myopinn.checks.path_names import why_unfit_together
from myopinn.config.fields import (
    ABSENT,
    FIT_NAMES,
    SEE,
    Flag,
    Names,
    Number,
    Section,
    SomeNames,
    Text,
    Whole,
    also,
    key,
    no_repeats,
)
from myopinn.config.messages import detail, misspelt, told, wrong_type
from myopinn.config.settings import hold_settings
from myopinn.config.splits import Split
from myopinn.config.training import TrainingSettings
from myopinn.errors import ConfigError

Splits = Annotated[list[Split], Field(min_length=1), also(no_repeats)]


class Physics(Section):
    """The equation that angle and forces have to satisfy."""

    coordinate: Text = key(..., "The joint")
    kind_: Literal["moment_balance", "single_joint"] = key(
        ...,
        "moment_balance: the muscles' moments balance the moment of inverse dynamics, for a joint "
        "inside a moving chain; single_joint: they balance the joint's own inertia and gravity at "
        "the predicted angle, for a joint that moves alone",
        alias="kind",
    )
    moment: Literal["inverse_dynamics", "inverse_dynamics_less_reserve"] = key(
        "inverse_dynamics",
        "Which moment they balance, with or without what the solver's reserve took",
    )
    window_s: Number = key(
        0.25, "Over how long the equation of single_joint is averaged", unit="s", gt=0, le=1
    )


@dataclass(frozen=True)
class Trained:
    """Marks how variants are trained, which is held to the settings of training.

    Attributes
    ----------
    whole : bool
        Whether all of it is meant, with its defaults, or the keys that are written.
    """

    whole: bool

    def hold(self, value: Any, info: ValidationInfo) -> dict[str, Any]:
        """Hold the keys, and fill in the others where all are meant."""
        filled = hold_settings(value, TrainingSettings, info, Section if self.whole else _Replaced)
        return filled if self.whole else {name: filled[name] for name in value}

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Hold by hand, like all settings."""
        return core_schema.with_info_plain_validator_function(self.hold)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Leave a place for the settings."""
        return {SEE: "Training" if self.whole else "ReplacedTraining"}


class _Replaced(Section):
    """Keys of the task's training that are replaced."""

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold to what may differ within a task."""
        if "accelerator" in self.model_fields_set:
            yield "accelerator", " is of the whole task; remove it here."


Training = Annotated[Any, Trained(whole=True)]
Replaced = Annotated[Any, Trained(whole=False)]
_CONDITIONS = "Conditions of the movements that it is trained on; all where not given"


class Entry(Section):
    """One way to solve a task; the other keys are those of the variant's Settings."""

    task: ClassVar[str] = "muscle_force"
    like: Text = key(
        ABSENT,
        "Entry of the task whose keys hold here where they are not written; each is replaced whole",
    )
    variant: Text = key(ABSENT, "The variant; the entry's own name where not given")
    time_input: Flag = key(
        ABSENT, "Whether it sees the position in the cycle, instead of what the task says"
    )
    channels: Names = key(ABSENT, "EMG channels that it sees, instead of the task's")
    train_cycles: Whole = key(
        ABSENT,
        "Number of training cycles drawn from those of each fold; all where not given",
        ge=1,
        le=100_000,
    )
    conditions: Names = key(ABSENT, _CONDITIONS)
    training: Replaced = key(ABSENT, "Keys of the task's training that are replaced")


class DeepEntry(Entry):
    """One way to infer deep muscles; the other keys are those of the variant's Settings."""

    task: ClassVar[str] = "deep_emg"
    measured_emg: Flag = key(ABSENT, "Whether it sees the measured envelopes when it answers")
    moment_input: Flag = key(ABSENT, "Whether it sees the joint's moment when it answers")
    calibration: SomeNames = key(
        ABSENT, "Isometric contractions that it is trained on, instead of the task's; may be none"
    )


class Ceiling(DeepEntry):
    """An entry that is shown what nobody can measure."""

    truth: Literal["excitation", "parameters"] = key(
        ...,
        "excitation: the deep muscles' envelopes are trained on like the measured ones; "
        "parameters: muscles and paths are those of the person's true model",
    )


@dataclass(frozen=True)
class Held:
    """Marks an entry, which is held to its shared keys and to its variant's settings.

    Attributes
    ----------
    base : type
        The section of the shared keys.
    level : bool
        Whether the name of an entry of the task may stand for it.
    """

    base: type[Entry]
    level: bool = False

    def hold(self, value: Any, info: ValidationInfo) -> Any:
        """Hold an entry; its variant is written in it."""
        if self.level and isinstance(value, str):
            return value
        if not isinstance(value, Mapping):
            problem = detail(told(wrong_type(value, "keys with values")), value)
            raise ValidationError.from_exception_data("", [problem])
        plug_ins: Any = info.context
        if "variant" not in value:
            return value  # its name cannot be one, which is said
        try:
            kind = plug_ins.variant_settings(value["variant"], self.base.task)
        except ConfigError as error:
            problem = detail(told(misspelt(value, "variant") or f": {error}"), value)
            raise ValidationError.from_exception_data("", [problem]) from None
        return hold_settings(value, kind, info, self.base)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Hold by hand: the settings are known when the variant is."""
        return core_schema.with_info_plain_validator_function(self.hold)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Leave a place for the entries of all variants."""
        entry = {SEE: self.base.__name__}
        return {"anyOf": [{"type": "string"}, entry]} if self.level else entry


def _name_variants(entries: Any) -> Any:
    """Write down of each entry the variant that its own name stands for, where it can be one."""
    if not isinstance(entries, Mapping) or [*why_unfit_together(entries)]:
        return entries
    return {
        name: {"variant": name, **entry} if isinstance(entry, Mapping) else entry
        for name, entry in entries.items()
    }


def _at_least_two(levels: Mapping[str, Any]) -> Iterator[str]:
    if len(levels) == 1:
        yield " has 1 entries, expected at least 2: levels are compared with each other."


_NAMED = BeforeValidator(_name_variants)
SOME = Field(min_length=1)
Entries = Annotated[dict[str, Annotated[Any, Held(Entry)]], SOME, FIT_NAMES, _NAMED]
DeepEntries = Annotated[dict[str, Annotated[Any, Held(DeepEntry)]], SOME, FIT_NAMES, _NAMED]
Ceilings = Annotated[dict[str, Annotated[Any, Held(Ceiling)]], SOME, FIT_NAMES, _NAMED]
Levels = Annotated[
    dict[str, Annotated[Any, Held(Entry, level=True)]],
    SOME,
    FIT_NAMES,
    _NAMED,
    also(_at_least_two),
]
DeepLevels = Annotated[
    dict[str, Annotated[Any, Held(DeepEntry, level=True)]],
    SOME,
    FIT_NAMES,
    _NAMED,
    also(_at_least_two),
]
