"""Tasks: what is inferred from what, by which variants, under which questions."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from myopinn.config.fields import (
    ABSENT,
    FIT_NAMES,
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
from myopinn.config.splits import Split
from myopinn.config.task_entries import (
    SOME,
    Ceilings,
    DeepEntries,
    DeepLevels,
    Entries,
    Levels,
    Replaced,
    Training,
)

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
    compared: Annotated[dict[str, Compared], SOME, FIT_NAMES] = key(
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
