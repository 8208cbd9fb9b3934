"""Mean cycles and hidden muscles of answers that were never written."""

import numpy as np
import pandas as pd
import xarray as xr

from myopinn.measures.envelope_curves import COLUMNS, tabulate_curves
from myopinn.measures.hidden_muscles import join_hidden
from myopinn.records.answers import Answers
from myopinn.records.cells import Cell


def answers(variant, **levels):
    """A cycle of two frames of each person, predicted 1 above and 2 above the person's level."""
    people = {}
    for subject, level in levels.items():
        labels = {key: ("sample", ["x", "x"]) for key in ("condition", "trial", "session")}
        labels |= {"target": ["elbow"], "unit": ("target", ["N.m"])}
        people[subject] = xr.Dataset(
            {
                "predicted": (("sample", "target"), [[level + 1.0], [level + 2.0]]),
                "reference": (("sample", "target"), [[level], [level]]),
            },
            {
                "target": ["elbow"],
                "unit": ("target", ["N.m"]),
                "frame": ("sample", [0, 1]),
                **labels,
            },
        )
    return Answers(Cell("t", variant, "lab", "split"), people)


def test_people_are_averaged_and_the_reference_stands_there_once():
    table = tabulate_curves([answers("a", P1=0.0, P2=4.0), answers("b", P1=0.0)], {})
    assert tuple(table.columns) == COLUMNS
    found = table.set_index(["variant", "cycle_percent"])
    assert found["mean"].to_dict() == {
        **{("reference", 0): 2.0, ("reference", 1): 2.0},
        **{("a", 0): 3.0, ("a", 1): 4.0, ("b", 0): 1.0, ("b", 1): 2.0},
    }
    np.testing.assert_allclose(found.loc["a", "sd"], np.sqrt(8))
    assert found.loc["b", "sd"].isna().all() and set(found.loc["b", "n_subjects"]) == {1}


def test_who_answered_for_nobody_has_no_curve():
    assert tabulate_curves([answers("a")], {}).empty


def test_of_each_table_only_the_muscles_are_kept_that_were_hidden_there():
    tables = [pd.DataFrame({"target": ["vas", "ham"], "r": [k, k]}) for k in (1, 2)]
    joined = join_hidden([(tables[0], ["vas"]), (tables[1], ["ham"])])
    assert joined.to_dict("list") == {"target": ["vas", "ham"], "r": [1, 2]}
    nothing = join_hidden([(tables[0], []), (tables[1], ["soleus"])])
    assert nothing.empty and list(nothing.columns) == ["target", "r"]
