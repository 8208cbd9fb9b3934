"""Attention over time: what is drawn and said of attention whose form is known."""

from pathlib import Path

import numpy as np
import pytest
from conftest import assert_nothing_is_cut_off, read_csv, write_fits, written

from myopinn.figures import attention
from myopinn.figures.answers import tell_attention
from myopinn.files.layouts.attention import ATTENTION
from myopinn.files.layouts.attention_numbers import ATTENTION_NUMBERS
from myopinn.files.netcdf import write_netcdf
from myopinn.measures.findings.attention import state_attention
from myopinn.records.cells import Cell
from myopinn.steps.average_attention import average_attention

FRAMES = 100
FRAME = np.arange(FRAMES)
PLACE = {"recording": "arm", "split": "unseen"}
SETTINGS = {
    "alpha": 0.05,
    "bootstrap_samples": 400,
    "seed": 0,
    "test": "signed_rank",
    "smallest_effect": {},
}
UNIFORM_DISTANCE = (FRAMES**2 - 1) / (3 * FRAMES)


def uniform(person: int) -> np.ndarray:
    return np.full((FRAMES, FRAMES), 1 / FRAMES)


def at_forty(person: int) -> np.ndarray:
    """Every frame looks at the frames about 40 % of the cycle, some people more sharply."""
    near = np.exp(-(((FRAME - 40) / (4 + person)) ** 2))
    return np.tile(near / near.sum(), (FRAMES, 1))


def around_itself(person: int) -> np.ndarray:
    near = np.exp(-(((FRAME - FRAME[:, None]) / (3 + person)) ** 2))
    return near / near.sum(axis=1, keepdims=True)


def entropy(weights: np.ndarray) -> np.ndarray:
    logs = np.log(np.maximum(weights, 1e-300))
    return -(weights * logs).sum(axis=1) / np.log(FRAMES)


def fitted(root: Path, networks: dict, people: int) -> list[Path]:
    """Write the attention of networks; the last folder is of a variant that has none."""
    folders = []
    for name, form in networks.items():
        folders.append(root / "training" / name / "arm")
        for person in range(people):
            weights = form(person)
            dataset = ATTENTION.build(
                {"weight": weights, "entropy": entropy(weights)},
                {"asked": FRAME, "seen": FRAME},
                Cell("deep_emg", name, "arm", "unseen", f"p{person + 1}").names(),
            )
            file = folders[-1] / "unseen" / f"p{person + 1}" / "attention.nc"
            write_netcdf(dataset, file, ATTENTION)
    folders.append(root / "training" / "copy" / "arm")
    for folder in folders:
        write_fits(folder / "unseen", Cell("deep_emg", folder.parent.name, "arm", "unseen"))
    return folders


def outputs(root: Path) -> dict[str, Path]:
    place = root / "figures" / "deep_emg" / "arm" / "unseen"
    return {kind: place / f"attention.{kind}" for kind in ("pdf", "png", "csv")}


def averaged(root: Path, networks: dict, people: int = 4) -> Path:
    """Write the table of attention over time of these networks."""
    table = root / "attention.csv"
    folders = fitted(root, networks, people)
    average_attention(predictions=folders, settings=SETTINGS, attention=table)
    return table


def draw(root: Path, networks: dict, people: int = 4) -> Path:
    made, table = outputs(root), averaged(root, networks, people)
    variants = [*networks, "copy"]
    attention.draw_attention(attention=table, variants=variants, **PLACE, **made)
    return made["png"]


def told(root: Path, networks: dict, people: int = 4) -> list[str]:
    numbers = ATTENTION_NUMBERS.read(averaged(root, networks, people))
    return tell_attention(written(state_attention(numbers), root / "findings.csv"))


def test_uniform_attention_is_said_to_tell_nothing(tmp_path):
    (sentence,) = told(tmp_path, {"nmm": uniform})
    assert "close to uniform, so it does not tell" in sentence
    assert "entropy 1.000" in sentence and "100 of 100 frames" in sentence


def test_attention_on_one_part_of_the_cycle_is_said_to_look_there(tmp_path):
    (sentence,) = told(tmp_path, {"nmm": at_forty})
    assert "attention is not uniform" in sentence
    assert "looks most at 40 % of the cycle, " in sentence
    assert "in brackets 95 % intervals" in sentence


def test_frames_that_look_around_themselves_are_not_said_to_look_at_one_part(tmp_path):
    (sentence,) = told(tmp_path, {"nmm": around_itself})
    assert "attention is not uniform: no part of the cycle" in sentence
    assert "looks most" not in sentence


def test_of_one_person_there_is_no_interval(tmp_path):
    (sentence,) = told(tmp_path, {"nmm": at_forty}, people=1)
    assert "n = 1" in sentence and "interval" not in sentence


def test_numbers_are_those_of_the_form_and_each_person_has_one_vote(tmp_path):
    networks = {"flat": uniform, "fixed": at_forty, "own": around_itself}
    table = read_csv(draw(tmp_path, networks).with_suffix(".csv"))
    for name, form in networks.items():
        weights = np.stack([form(person) for person in range(4)])
        own = table[table["variant"] == name]
        drawn = own[own["quantity"] == "weight"].pivot(
            index="asked_percent", columns="seen_percent", values="value"
        )
        np.testing.assert_allclose(drawn, FRAMES * weights.mean(axis=0), atol=1e-4)
        entropies = own[(own["quantity"] == "entropy") & (own["subject"] != "")]
        np.testing.assert_allclose(entropies["value"], [entropy(w).mean() for w in weights])
    means = table[(table["quantity"] == "distance") & (table["subject"] == "")]
    distance = means.set_index("variant")["value"]
    np.testing.assert_allclose(means["uniform"], UNIFORM_DISTANCE)
    assert distance["flat"] == pytest.approx(UNIFORM_DISTANCE)
    assert distance["own"] < 4 < distance["fixed"] < UNIFORM_DISTANCE
    assert (means["ci_low"] <= means["value"]).all() and (means["value"] <= means["ci_high"]).all()


@pytest.mark.parametrize("people", [1, 14])
def test_nothing_is_cut_off_and_every_axis_is_named(tmp_path, monkeypatch, people):
    kept = []
    monkeypatch.setattr(attention, "save", lambda figure, *_, **__: kept.append(figure))
    networks = {"nmm": around_itself, "nmm_generic": at_forty, "transformer": uniform}
    draw(tmp_path, networks, people)
    assert_nothing_is_cut_off(kept[0])
    below = [axes.get_xlabel() for axes in kept[0].axes if axes.get_xlabel()]
    assert below == [
        *["frame looked at (% of cycle)"] * 2,
        *("entropy (1: uniform)", "distance (% of cycle)", "attention, multiple of uniform"),
    ]


def test_without_a_network_that_has_attention_the_figure_says_so(tmp_path):
    png = draw(tmp_path, {})
    assert png.is_file() and told(tmp_path, {}) == []
