"""Tables are held to their columns, by name, kind and order, also where names differ by file."""

import numpy as np
import pandas as pd
import pytest

from myopinn.files.layouts.envelope_errors import ANY_ERRORS, BY_CONDITION, ENVELOPE_ERRORS
from myopinn.files.layouts.errors import ERRORS
from myopinn.files.tables import NUMBER, TEXT, TRUE_FALSE, WHOLE, Column, Table
from myopinn.formats.whole import ArtifactError

TABLE = Table(
    "walks",
    {
        "name": Column(TEXT, "of the walk"),
        "steps": Column(WHOLE, "how many"),
        "to_<place>": Column(NUMBER, "how far", "m"),
        "rain": Column(TRUE_FALSE, "whether it rained", optional=True),
        "<other>": Column(NUMBER, "what else was measured"),
    },
)


def test_columns_come_back_in_order_and_of_their_kind(tmp_path):
    written = pd.DataFrame(
        {"wind": [1, 2], "to_sea": [3, 4], "to_town": [np.nan, 5], "steps": [6, 7]}
    ).assign(name=["4", ""])
    TABLE.write(written, tmp_path / "walks.csv")
    read = TABLE.read(tmp_path / "walks.csv")
    assert list(read.columns) == ["name", "steps", "to_sea", "to_town", "wind"]
    # Levels of a question are called by numbers as often as not, and remain names.
    assert read["name"].tolist() == ["4", ""] and read["steps"].dtype == np.int64
    assert read[["to_sea", "to_town", "wind"]].dtypes.eq(float).all()
    assert np.isnan(read.loc[0, "to_town"])


def test_what_is_missing_or_strange_is_named_with_the_file(tmp_path):
    with pytest.raises(ArtifactError, match="walks misses the columns steps"):
        TABLE.write(pd.DataFrame({"name": ["a"]}), tmp_path / "walks.csv")
    known = Table("walks", {k: c for k, c in TABLE.columns.items() if k != "<other>"})
    (tmp_path / "walks.csv").write_text("name,steps,to_sea,wind\na,1,2.0,3\n")
    with pytest.raises(ArtifactError, match=r"walks\.csv: walks has the unknown columns wind"):
        known.read(tmp_path / "walks.csv")


def test_a_table_without_a_row_has_the_columns_that_it_must_have():
    assert list(TABLE.empty().columns) == ["name", "steps", "rain"]
    assert TABLE.empty().empty


def row(layout, **more):
    """One row of errors with every column that it must have."""
    kinds = {TEXT: "x", NUMBER: 0.5, WHOLE: 1}
    own = {n: kinds[c.kind] for n, c in layout.columns.items() if not c.optional and "<" not in n}
    return pd.DataFrame([own | more])


def test_errors_of_either_kind_are_read_by_whoever_compares(tmp_path):
    deep = row(ENVELOPE_ERRORS, skill_copy=0.1, skill_mean_cycle=0.2)
    ENVELOPE_ERRORS.write(deep, tmp_path / "deep.csv")
    columns = list(ANY_ERRORS.read(tmp_path / "deep.csv").columns)
    # A skill stands where the metrics are, before what is counted.
    at = columns.index("skill_copy")
    assert columns[at - 1 : at + 3] == ["partial_r", "skill_copy", "skill_mean_cycle", "n_trials"]
    ERRORS.write(row(ERRORS, skill=0.3), tmp_path / "force.csv")
    assert ANY_ERRORS.read(tmp_path / "force.csv").loc[0, "skill"] == 0.3


def test_one_kind_of_errors_is_not_taken_for_the_other(tmp_path):
    ERRORS.write(row(ERRORS), tmp_path / "force.csv")
    with pytest.raises(ArtifactError, match=r"misses the columns nrmse_sd, .*held_against"):
        ENVELOPE_ERRORS.read(tmp_path / "force.csv")
    BY_CONDITION.write(row(BY_CONDITION), tmp_path / "each.csv")
    with pytest.raises(ArtifactError, match="has the unknown columns condition"):
        ANY_ERRORS.read(tmp_path / "each.csv")
