"""How entries are compared: what is planned before the study, what is of interest, how sure."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from myopinn.config.fields import (
    ABSENT,
    Flag,
    Names,
    Number,
    Section,
    Seed,
    Text,
    Whole,
    also,
    key,
    no_repeats,
)
from myopinn.config.splits import Split

Splits = Annotated[list[Split], Field(min_length=1), also(no_repeats)]


class SmallestEffect(Section):
    """The smallest differences of errors that are of interest: the margins of equivalence."""

    angle_deg: Number = key(ABSENT, "Of the RMSE of a joint angle", unit="deg", gt=0, le=90)
    force_percent_of_range: Number = key(
        ABSENT,
        "Of the RMSE of a muscle's force, in percent of the range of that force in the trial",
        unit="%",
        gt=0,
        le=100,
    )
    moment_percent_of_range: Number = key(
        ABSENT, "The same of a joint's moment", unit="%", gt=0, le=100
    )
    envelope_percent_of_maximum: Number = key(
        ABSENT, "Of the RMSE of an EMG envelope, in percent of its maximum", unit="%", gt=0, le=100
    )
    error_percent: Number = key(
        ABSENT,
        "Of the ratio of two RMSE over all targets together, which no planned comparison needs",
        unit="%",
        gt=0,
        le=100,
    )


class Spread(Section):
    """How much the difference of two errors varies, as an SD, in the unit of the effect."""

    people: Number = key(..., "Between people", gt=0, le=1000)
    seeds: Number = key(0.0, "Between seeds of one person", ge=0, le=1000)


class Spreads(Section):
    """Spreads of the differences, as they are assumed before the study."""

    angle_deg: Spread = key(ABSENT, "Of joint angles, in degrees")
    force_percent_of_range: Spread = key(ABSENT, "Of forces, in percent of their range")
    moment_percent_of_range: Spread = key(ABSENT, "Of moments, in percent of their range")
    envelope_percent_of_maximum: Spread = key(ABSENT, "Of envelopes, in percent of the maximum")


class Power(Section):
    """What is assumed before the study to tell how often its verdicts will be right."""

    spreads: Spreads = key(ABSENT, "Spreads of the differences; or a pilot that they come from")
    pilot: Text = key(
        ABSENT,
        "Table of errors of an earlier study that holds the planned entries and targets, as a path "
        "from this study's folder",
    )
    wanted: Number = key(0.8, "Share of right verdicts that is wanted", ge=0.5, le=0.99)
    studies: Whole = key(2000, "Studies that are simulated", ge=100, le=100_000)

    def check(self) -> Iterator[tuple[str, str]]:
        """Ask for one source of the spreads."""
        if (self.spreads is None) == (self.pilot is None):
            yield "", " needs either 'spreads' or 'pilot', one of them."


class Planned(Section):
    """A comparison that the study was made for."""

    compare: Annotated[list[Text], Field(min_length=2, max_length=2)] = key(
        ..., "Two entries of one task; told is the error of the first less that of the second"
    )
    recordings: Names = key(ABSENT, "In which of the task's recordings; in all where left out")
    splits: Splits = key(ABSENT, "Under which splits; under all where left out")
    targets: Names = key(ABSENT, "At which coordinates or muscles; at all where left out")
    against: Literal["reference", "truth"] = key(
        "reference",
        "What errors are held against: the reference that all are judged by, or the truth of "
        "virtual people",
    )
    family: Text = key(
        "planned", "All tests of comparisons of the same family are corrected for each other"
    )

    def check(self) -> Iterator[tuple[str, str]]:
        """Refuse to compare an entry with itself."""
        if len(set(self.compare)) == 1:
            yield "compare", f" names {self.compare[0]} twice; expected two entries, each once."


def _write_out(value: Any) -> Any:
    """Take a mere pair for a comparison of the two everywhere."""
    return {"compare": value} if isinstance(value, list) else value


class _OrPair:
    """Tells editors that a mere pair may stand in the place of a comparison."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        pair = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
        return {"anyOf": [pair, handler(schema)]}


def _once(planned: list[Any]) -> Iterator[str]:
    seen: list[Any] = []
    for one in map(_write_out, planned):
        about = {**one, "compare": sorted(map(str, one["compare"]))}
        if about in seen:
            yield f" names the pair {' and '.join(about['compare'])} twice; expected it once."
        seen.append(about)


Comparison = Annotated[Planned, BeforeValidator(_write_out), _OrPair()]


class Statistics(Section):
    """How entries are compared."""

    alpha: Number = key(
        0.05, "Level of a family of tests; intervals of means hold 1 - alpha", ge=1e-4, lt=0.5
    )
    bootstrap_samples: Whole = key(
        2000, "Resamples of the subjects for each interval of a mean", ge=100, le=1_000_000
    )
    test: Literal["signed_rank", "t"] = key(
        "signed_rank",
        "Which test of paired differences decides: signed ranks, exact for any number of people, "
        "or Student's t, which takes the differences for normal; the other is told beside it",
    )
    rival: Text = key(ABSENT, "Entry against whose errors the skill of the others is measured")
    smallest_effect: SmallestEffect = key(
        SmallestEffect(), "Smallest differences of interest; none is equivalent without one"
    )
    margin_set_afterwards: Flag = key(
        False, "Whether the smallest effects were set after the results were seen, which is told"
    )
    planned: Annotated[list[Comparison], also(_once)] = key(
        [],
        "Comparisons that the study was made for, each a pair of entries or the keys of one; all "
        "other pairs are exploratory",
    )
    power: Power = key(ABSENT, "What is assumed to tell the power of the planned comparisons")
    seed: Seed = key(0, "Seed of the bootstrap and of simulated studies")
