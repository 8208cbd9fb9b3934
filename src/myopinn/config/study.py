"""The whole of a study's configuration."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from myopinn.config.fields import ABSENT, Number, Section, Seed, Text, Whole, also, key
from myopinn.config.recordings import Recordings
from myopinn.config.tasks import Tasks


class About(Section):
    """What the study is."""

    name: Annotated[Text, Field(max_length=200)] = key(
        ..., "Name of the study, printed in the report"
    )
    description: Text = key(
        ABSENT, "What the study asks, in a sentence or two, printed in the report"
    )
    seed: Seed = key(
        ..., "Seed of everything that is drawn, except where a key of its own says otherwise"
    )


class Folds(Section):
    """How trials are held out."""

    test_share: Number = key(
        ...,
        "Share of a session's trials that is held out at a time within a session",
        ge=0.01,
        le=0.5,
    )
    stop_share: Number = key(
        ..., "Share of the training trials (or people) that decides when to stop", ge=0.01, le=0.5
    )


def _pairs(pairs: list[object]) -> Iterator[str]:
    seen = [frozenset(map(str, pair)) for pair in pairs if isinstance(pair, list)]
    for pair in dict.fromkeys(seen):
        if len(pair) == 1 or seen.count(pair) > 1:
            yield f" names the pair {' and '.join(sorted(pair))} in vain; expected two, once."


class Statistics(Section):
    """How variants are compared."""

    alpha: Number = key(0.05, "Level of tests; intervals hold 1 - alpha", ge=1e-4, lt=0.5)
    bootstrap_samples: Whole = key(
        2000, "Resamples of the subjects for each interval", ge=100, le=1_000_000
    )
    rival: Text = key(ABSENT, "Variant against whose errors the skill of the others is measured")
    planned: Annotated[
        list[Annotated[list[Text], Field(min_length=2, max_length=2)]], also(_pairs)
    ] = key(
        [],
        "Pairs of variants whose comparison the study was made for; they are corrected for each "
        "other alone, all other pairs are exploratory",
    )
    seed: Seed = key(0, "Seed of the bootstrap")


class Study(Section):
    """A study: one file holds all that it decides."""

    study: About = key(..., "What the study is")
    recordings: Recordings = key(
        ..., "Recordings of the study by a name of your own, which stands in every path"
    )
    folds: Folds = key(..., "How trials are held out")
    tasks: Tasks = key(..., "Inference problems by name")
    statistics: Statistics = key(Statistics(), "How variants are compared")
