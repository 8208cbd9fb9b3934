"""Estimate how often the verdicts on planned comparisons will be right, before any fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.errors import ConfigError
from myopinn.files.layouts.envelope_errors import ANY_ERRORS
from myopinn.files.layouts.power import POWER
from myopinn.measures.paired_errors import EFFECTS, pair_errors
from myopinn.measures.power import Design, detectable, people_to_decide, simulate_verdicts
from myopinn.measures.verdicts import EQUIVALENT, WORSE

if TYPE_CHECKING:
    import pandas as pd

Test = Mapping[str, Any]
CONFIGURATION, PILOT = "configuration", "pilot"


def estimate_power(
    *,
    task: str,
    planned: Sequence[Test],
    settings: Mapping[str, Any],
    power: str | Path,
    pilot: Sequence[str | Path] = (),
) -> None:
    """Write the share of right verdicts of every planned test, by simulating the study.

    Judged is as the study is, all tests of a family together. Once no test has a true difference,
    and once each has that of its margin.

    Parameters
    ----------
    task : str
    planned : sequence of mapping
        As of :func:`myopinn.measures.findings.planned.state_planned`, with the numbers of
        ``people`` and ``seeds`` besides.
    settings : mapping
        The study's statistics, with ``power``.
    power : path
        Output table.
    pilot : sequence of path
        Table of errors of an earlier study that the spreads are taken from, if not from the
        settings.

    Raises
    ------
    ConfigError
        Where the pilot has too few people, or none, of a planned test.
    """
    table = ANY_ERRORS.read(pilot[0]) if pilot else None
    families: dict[str, list[Test]] = {}
    for test in planned:
        families.setdefault(test["family"], []).append(test)
    rows: list[dict[str, Any]] = []
    for family in families.values():
        designs = [_design(test, settings, table) for test in family]
        rows += [{"task": task, **row} for row in _simulate(family, designs, settings)]
    source = PILOT if pilot else CONFIGURATION
    POWER.write_rows([row | {"source": source} for row in rows], power)


def _design(test: Test, settings: Mapping[str, Any], pilot: pd.DataFrame | None) -> Design:
    margin = float(settings["smallest_effect"][test["effect"]])
    if pilot is None:
        spread = settings["power"]["spreads"][test["effect"]]
        return Design(test["people"], test["seeds"], spread["people"], spread["seeds"], margin)
    own = pair_errors(pilot, test)
    if len(own.differences) < 2:
        names = ("recording", "split", "target", "entry", "versus")
        raise ConfigError(
            f"statistics.power.pilot {settings['power']['pilot']}: has errors of "
            f"{len(own.differences)} people for {', '.join(test[name] for name in names)}, "
            "expected 2 at least. Take a pilot that holds them, or write 'spreads'."
        )
    seeds = 0.0 if np.isnan(own.sd_seeds) else own.sd_seeds
    return Design(test["people"], test["seeds"], own.sd_people, seeds, margin)


def _simulate(
    family: Sequence[Test], designs: Sequence[Design], settings: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Give a row for each test of a family, and each of the two things that may be true."""
    alpha, test, asked = float(settings["alpha"]), str(settings["test"]), settings["power"]
    seed, level = int(settings["seed"]), alpha / len(family)
    rows = []
    for true, expected in (("none", EQUIVALENT), ("margin", WORSE)):
        differences = [design.margin if true == "margin" else 0.0 for design in designs]
        found = simulate_verdicts(
            designs, differences, alpha, test, studies=int(asked["studies"]), seed=seed
        )
        for own, design, difference, shares in zip(
            family, designs, differences, found, strict=True
        ):
            wanted = float(asked["wanted"])
            people = people_to_decide(design.margin, design.sd, level, test, seed, wanted)
            size = design.sd * detectable(design.people, level, test, seed, wanted)
            names = ("recording", "split", "target", "entry", "versus", "against", "family")
            rows.append(
                {**{name: own[name] for name in names}, "tests": len(family)}
                | {"unit": EFFECTS[own["effect"]][2], "true": true, "true_difference": difference}
                | vars(design)
                | shares
                | {"right": shares[expected], "wanted": wanted, "people_to_decide": people}
                | {"detectable": size, "studies": int(asked["studies"])}
            )
    return rows
