"""The page of all files says all of each kind, and is not stale."""

from pathlib import Path

import pytest

from myopinn.files.layouts.findings import FINDINGS
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.reference import files_page, tell

PAGE = Path(__file__).parents[2] / "docs" / "files.md"
LAYOUTS = Path(__file__).parents[2] / "src" / "myopinn" / "files" / "layouts"


def test_the_page_is_not_stale():
    assert PAGE.read_text(encoding="utf-8") == files_page(), "run `make docs`"


def test_every_module_of_layouts_describes_a_kind_of_file():
    chapters = files_page().split("\n## ")[1:]
    assert len(chapters) == len(list(LAYOUTS.glob("[!_]*.py")))
    assert [c.splitlines()[0] for c in chapters if "\n### " not in c] == []


@pytest.mark.parametrize(
    ("kind", "names"),
    [(FINDINGS, FINDINGS.columns), (TRUTH, [*TRUTH.variables, *TRUTH.coordinates])],
)
def test_every_column_and_variable_stands_there(kind, names):
    told = "\n".join(tell(kind))
    assert [name for name in names if f"| `{name}`" not in told] == []


def test_what_is_no_kind_of_file_is_refused():
    with pytest.raises(TypeError, match="dict is no kind of file"):
        tell({})
