"""Tasks: what is inferred from what, by which variants, under which questions."""

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
    contrast,
    fit_names,
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
_SOME = Field(min_length=1)
Entries = Annotated[dict[str, Annotated[Any, Held(Entry)]], _SOME, FIT_NAMES, _NAMED]
DeepEntries = Annotated[dict[str, Annotated[Any, Held(DeepEntry)]], _SOME, FIT_NAMES, _NAMED]
Ceilings = Annotated[dict[str, Annotated[Any, Held(Ceiling)]], _SOME, FIT_NAMES, _NAMED]
Levels = Annotated[
    dict[str, Annotated[Any, Held(Entry, level=True)]],
    _SOME,
    FIT_NAMES,
    _NAMED,
    also(_at_least_two),
]
DeepLevels = Annotated[
    dict[str, Annotated[Any, Held(DeepEntry, level=True)]],
    _SOME,
    FIT_NAMES,
    _NAMED,
    also(_at_least_two),
]


class Selection(Section):
    """Inputs, targets and splits in one recording."""

    kind: ClassVar[str] = "muscle_force"
    channels: Names = key(..., "EMG channels that a variant sees")
    coordinates: Names = key(..., "Joint angles to infer")
    muscles: Names = key(..., "Muscles whose force is to be inferred and is reported")
    physics: Physics | None = key(
        None, "The equation that angle and forces have to satisfy; null for none"
    )
    splits: Splits = key(..., "Ways to hold trials out")
    emg_normalisation: Literal["training_maximum", "mvc"] = key(
        ..., "What an envelope is divided by"
    )
    time_input: Flag = key(False, "Whether a variant also sees the position in the cycle")


class DeepSelection(Selection):
    """Inputs, targets and splits in one recording."""

    kind: ClassVar[str] = "deep_emg"
    channels: Names = key(..., "EMG channels that it learns from")
    coordinates: Names = key(..., "Joint angles from which it infers")
    muscles: Names = key(..., "Muscles whose envelope is to be inferred and is reported")
    physics: Physics = key(..., "The joint whose moment is balanced")
    electrodes: dict[str, Text] = key(
        {},
        "Channel over a muscle whose name is not that of its channel; muscles without a channel "
        "are deep",
    )
    calibration: SomeNames = key(
        [], "Conditions of the isometric contractions that are trained on as well"
    )

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold to the moment of inverse dynamics."""
        if self.physics.kind_ != "moment_balance":
            yield "physics", ".kind: deep_emg balances the moment: set moment_balance."


_LEVELS = (
    "Its levels by a name of your own, in the order in which they are shown. A level that is the "
    "name of an entry of the task is that entry, whose fits are not made again"
)


class Question(Section):
    """A question that is answered by comparing variants with each other."""

    asks: Text = key(..., "The question as a sentence, printed in the report")
    recordings: dict[str, Splits] = key(
        ..., "Splits by recording of the task on which it is asked", min_length=1
    )
    variants: Levels = key(..., _LEVELS)


class DeepQuestion(Question):
    """A question that is answered by comparing variants with each other."""

    variants: DeepLevels = key(..., _LEVELS)


class Tuning(Section):
    """A search for each variant's settings, on people set aside."""

    trials: Whole = key(
        ..., "Number of settings that are tried, the same for every variant", ge=1, le=10_000
    )
    recordings: dict[str, Splits] = key(
        ..., "Splits by recording on whose stopping trials settings are judged", min_length=1
    )


class Compared(Section):
    """A set of recordings."""

    conditions: SomeNames = key(..., "Conditions of the movements that are recorded; may be none")
    calibration: SomeNames = key([], "Isometric contractions that are recorded; may be none")


class RecordedProtocols(Section):
    """What is compared in one recording."""

    asked: Names = key(..., "Conditions of the movements in which deep muscles are asked for")
    compared: Annotated[dict[str, Compared], _SOME, FIT_NAMES] = key(
        ..., "Protocols by a name of your own"
    )


class Protocols(Section):
    """Sets of recordings, compared by what they leave open before anything is fitted."""

    variant: Text = key(
        ..., "Entry whose muscles and priors are taken; it sees measured EMG and moment"
    )
    recordings: dict[str, RecordedProtocols] = key(
        ..., "What is compared, by the recording's name", min_length=1
    )


class Hidden(Section):
    """What is hidden in one recording."""

    channels: Names = key(..., "Channels of the task that are hidden one at a time")
    splits: Splits = key(..., "Ways to hold trials out")


class HiddenChannels(Section):
    """Measured channels that are hidden in turn and held against their own recording."""

    recordings: dict[str, Hidden] = key(
        ..., "What is hidden, by the recording's name", min_length=1
    )
    variants: Names = key(
        ABSENT, "Variants of the task that they are hidden from; all where not given"
    )
    training: Replaced = key(ABSENT, "Keys of the training of all of them that are replaced here")


_VARIANTS = "Ways to solve the task by a name of your own, in the order in which they are shown"
_TRAINING = "How every variant of the task is trained"
_QUESTIONS = (
    "Further questions by name, each answered by variants of its own, which are compared with each "
    "other and with nothing else"
)
_TUNING = (
    "A search for each variant's settings; run it on people set aside, in a study of its own, so "
    "that nobody who is tested has been tuned on"
)
_SELECTIONS = "What the task takes from each of its recordings, by the recording's name"


_QUESTION_NAMES = fit_names("hidden_channels", "tuning")


class MuscleForce(Section):
    """Joint angles and muscle forces from EMG."""

    kind: ClassVar[str] = "muscle_force"
    recordings: dict[str, Selection] = key(..., _SELECTIONS, min_length=1)
    variants: Entries = key(..., _VARIANTS)
    training: Training = key(..., _TRAINING)
    questions: Annotated[dict[str, Question], _QUESTION_NAMES] = key({}, _QUESTIONS)
    tuning: Tuning = key(ABSENT, _TUNING)


class DeepEmg(Section):
    """Envelopes of all muscles and the joint's moment from motion and load."""

    kind: ClassVar[str] = "deep_emg"
    recordings: dict[str, DeepSelection] = key(..., _SELECTIONS, min_length=1)
    variants: DeepEntries = key(..., _VARIANTS)
    rivals: SomeNames = key([], "Variants against each of which a skill is measured")
    drawn: Names = key(ABSENT, "Variants that the figures of envelopes draw; all where not given")
    ceilings: Ceilings = key(
        ABSENT,
        "Entries as under variants that are shown what nobody can measure, so that the best that "
        "the other inputs allow is known (virtual people); fitted by the evaluation alone",
    )
    protocols: Protocols = key(
        ABSENT,
        "Sets of recordings, compared by what they leave open of deep muscles before anything is "
        "fitted",
    )
    hidden_channels: HiddenChannels = key(
        ABSENT,
        "Measured channels that are hidden in turn from methods for deep muscles, which are held "
        "against the hidden recording",
    )
    training: Training = key(..., _TRAINING)
    questions: Annotated[dict[str, DeepQuestion], _QUESTION_NAMES] = key({}, _QUESTIONS)
    tuning: Tuning = key(ABSENT, _TUNING)


class Tasks(Section):
    """Inference problems by name."""

    muscle_force: MuscleForce = key(ABSENT, "Joint angles and muscle forces from EMG")
    deep_emg: DeepEmg = key(
        ABSENT, "Envelopes of all muscles and the joint's moment from motion and load"
    )

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold to one task at least."""
        if self.muscle_force is None and self.deep_emg is None:
            yield "", " has 0 entries, expected at least 1: muscle_force or deep_emg."


contrast(" is of the task {owners}; remove it.", Selection, DeepSelection)
contrast(" is of the task {owners}; remove it.", MuscleForce, DeepEmg)
