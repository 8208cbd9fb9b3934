"""Whose a file is it says itself, wherever it lies."""

import numpy as np
import pytest

from myopinn.files.layouts.truth import TRUTH, first_truths, read_truth
from myopinn.files.netcdf import Layout, Quantity, read_by_person, write_netcdf
from myopinn.formats.whole import ArtifactError

WHOSE = {"recording": "entry", "subject": "person"}
LAYOUT = Layout("heights", {"height": Quantity((), "m", "of the person")}, {}, WHOSE)


def test_files_of_people_are_told_apart_by_what_they_say(tmp_path):
    paths = [tmp_path / f"{k}.nc" for k in "ab"]
    for path, subject, height in zip(paths, ("P1", "P2"), (1.7, 1.8), strict=True):
        whose = {"recording": "lab", "subject": subject}
        write_netcdf(LAYOUT.build({"height": height}, {}, whose), path, LAYOUT)
    found = read_by_person(paths[::-1], LAYOUT)
    assert list(found) == [("lab", "P2"), ("lab", "P1")]
    assert float(found["lab", "P1"]["height"]) == 1.7


def write_truth(folder, **whose):
    sizes = {"time_s": 3, "muscle": 1, "coordinate": 1}
    zeros = {k: np.zeros([sizes[d] for d in q.dims]) for k, q in TRUTH.variables.items()}
    labels = {"time_s": np.arange(3.0), "muscle": ["FCR"], "coordinate": ["wrist"]}
    about = dict.fromkeys(TRUTH.attributes, 0.1) | whose
    write_netcdf(TRUTH.build(zeros, labels, about), folder / "walk.nc", TRUTH)


def test_a_folder_of_truth_is_the_person_s_whom_its_trials_name(tmp_path):
    write_truth(tmp_path / "here", recording="lab", subject="P1")
    write_truth(tmp_path / "there", recording="lab", subject="P2")
    (tmp_path / "nobody").mkdir()
    found = first_truths([tmp_path / name for name in ("nobody", "there", "here")])
    assert {person: folder.name for person, (folder, _) in found.items()} == {
        ("lab", "P2"): "there",
        ("lab", "P1"): "here",
    }
    assert found["lab", "P1"][1].attrs["activation_s"] == 0.1


def test_a_trial_without_a_truth_is_named(tmp_path):
    write_truth(tmp_path, recording="lab", subject="P1")
    assert read_truth(tmp_path, "walk").sizes["time_s"] == 3
    with pytest.raises(ArtifactError, match=r"run\.nc: no truth of this trial"):
        read_truth(tmp_path, "run")
