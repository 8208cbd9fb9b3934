"""The whole of a study's configuration."""

from typing import Annotated

from pydantic import Field

from myopinn.config.fields import ABSENT, Number, Section, Seed, Text, key
from myopinn.config.recordings import Recordings
from myopinn.config.statistics import Statistics
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


class Study(Section):
    """A study: one file holds all that it decides."""

    study: About = key(..., "What the study is")
    recordings: Recordings = key(
        ..., "Recordings of the study by a name of your own, which stands in every path"
    )
    folds: Folds = key(..., "How trials are held out")
    tasks: Tasks = key(..., "Inference problems by name")
    statistics: Statistics = key(Statistics(), "How entries are compared")
