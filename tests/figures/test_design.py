"""What a design can show: the figure with its points and its line, the table and the words."""

import numpy as np
import pandas as pd
import pytest
from conftest import assert_nothing_is_cut_off, read_csv, write_errors
from matplotlib.collections import PathCollection

from myopinn.figures.design import best_table, explained_table, tell_design
from myopinn.figures.explained import EDGE, draw_explained
from myopinn.files.layouts.findings import FINDINGS
from myopinn.measures.findings.explained import OF_LABEL, OF_TRUTH, state_explained
from myopinn.measures.findings.told import tell_told
from myopinn.measures.true_references import LABELS
from myopinn.records.told import OF_LABELS

PLACE = {"recording": "walk", "split": "x"}
TOLD = {
    "network": "EMG of the whole cycle, position in the cycle; own trials",
    "mean_cycle": "position in the cycle; own trials",
    "plain": "EMG of the whole cycle; own trials",
}
SETTINGS = {"alpha": 0.05, "bootstrap_samples": 400, "seed": 0}


def errors_of(shares, told=TOLD):
    rows = [
        {"variant": v, "told": told[v], "target": t, "subject": f"s{s}", "explained": e + 0.01 * s}
        for v, own in shares.items()
        for t, e in own.items()
        for s in range(3)
    ]
    return pd.DataFrame(rows).assign(task="force", **PLACE)


SHARES = {
    "network": {"knee": 0.97, "recfem": 0.6},
    "mean_cycle": {"knee": 0.95, "recfem": -0.3},
    "plain": {"knee": 0.4, "recfem": 0.5},
}
TRUE = {"network": {"knee": 0.9, "recfem": -4.0}, LABELS: {"knee": 0.99, "recfem": -4.5}}


@pytest.fixture
def tables():
    return {
        OF_LABEL: errors_of(SHARES),
        OF_TRUTH: errors_of(TRUE, {**TOLD, LABELS: OF_LABELS}),
    }


@pytest.fixture
def found(tables):
    rows = [
        {**PLACE, "question": "", "task": "force", "n_targets": 1, **row}
        for held, table in tables.items()
        for row in state_explained(table, SETTINGS, [], held)
    ]
    told = tell_told(rows, [("", table) for table in tables.values()])
    return pd.DataFrame(told, columns=list(FINDINGS.columns))


def test_every_subject_has_a_point_and_what_lies_beyond_an_arrow(tmp_path, drawn, tables, found):
    FINDINGS.write(found, tmp_path / "findings.csv")
    paths = {k: tmp_path / f"e.{k}" for k in ("pdf", "png", "csv")}
    draw_explained(
        errors=write_errors(tables[OF_LABEL], tmp_path / "errors.csv"),
        true_errors=[write_errors(tables[OF_TRUTH], tmp_path / "true.csv")],
        findings=tmp_path / "findings.csv",
        **PLACE,
        **paths,
    )
    assert_nothing_is_cut_off(drawn[0])
    knee, recfem = drawn[0].axes[:2]
    order = ["mean_cycle", "plain", "network", LABELS]
    assert [t.get_text() for t in knee.get_yticklabels()] == order
    dots = [c.get_offsets() for c in knee.collections if isinstance(c, PathCollection)]
    for points, share in zip(dots, (0.95, 0.4, 0.97, 0.9, 0.99), strict=True):
        np.testing.assert_allclose(np.sort(points[:, 0]), 100 * share + np.arange(3))
    dashed = [line for line in knee.lines if line.get_linestyle() != "-"]
    assert [line.get_xdata()[0] for line in dashed] == [pytest.approx(96)]
    arrows = [
        float(points[0, 0])
        for c in recfem.collections
        if isinstance(c, PathCollection) and len(points := c.get_offsets()) == 1
    ]
    assert arrows == [EDGE, EDGE]
    table = read_csv(paths["csv"])
    assert (table["row"] == "subject").sum() == 3 * len(found)


def test_the_best_of_each_group_stands_beside_what_the_best_rival_leaves(found):
    table = best_table(found)
    assert table["groups"] == [
        "best rival",
        "best of EMG alone",
        "best of those told more",
        "OpenSim's estimate",
    ]
    rows = {(row["target"], row["held"]): row for row in table["rows"]}
    knee = rows["knee", OF_LABEL]
    assert [cell["entry"] for cell in knee["cells"]] == ["mean_cycle", "plain", "network", ""]
    assert [cell["text"] for cell in knee["cells"]] == ["96.0", "41.0", "98.0", "–"]
    # A rival that is worse than the person's own mean leaves everything, and no more than that.
    assert (knee["left"], rows["recfem", OF_LABEL]["left"]) == ("4.0", "100.0")
    assert rows["recfem", OF_TRUTH]["left"] == "–"
    assert tell_design(found) == [
        "Of the label, the best rival leaves 4.0 % (knee) to 100.0 % (recfem) of the variance to "
        "be shown; EMG alone explains 41.0 % (knee) to 51.0 % (recfem)."
    ]


def test_every_entry_says_what_it_was_told(found):
    label, truth = explained_table(found)
    assert [group["title"] for group in label["groups"]] == [
        "Rivals to match",
        "Told EMG alone",
        "Told more",
    ]
    said = {row["entry"]: row["told"] for group in label["groups"] for row in group["rows"]}
    assert said == TOLD
    assert truth["groups"][-1]["rows"][0]["told"] == OF_LABELS
