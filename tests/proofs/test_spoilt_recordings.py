"""Spoilt recordings: each is named with its file, trial and reason, and the study goes on."""

import csv
import shutil
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.proof

# ezc3d works in a process of its own: with OpenSim loaded it cannot write.
SPOIL = """
    import sys
    import ezc3d
    import numpy as np

    file, how = sys.argv[1:]
    c3d = ezc3d.c3d(file)
    points, parameters = c3d["data"]["points"], c3d["parameters"]
    labels = [l.strip() for l in parameters["POINT"]["LABELS"]["value"]]
    analogs = [l.strip() for l in parameters["ANALOG"]["LABELS"]["value"]]
    if how == "no label":
        analogs[analogs.index("EMG FCU")] = "other"
        parameters["ANALOG"]["LABELS"]["value"] = analogs
    elif how == "flat":
        c3d["data"]["analogs"][0, analogs.index("EMG ECU")] = 0.0
    elif how == "marker gone":
        points[:3, labels.index("MCP5")] = np.nan
    elif how == "all gone":
        points[:3] = np.nan
    elif how == "units":
        parameters["POINT"]["UNITS"]["value"] = ["m"]
    # Residuals travel in their own block; a gap is a residual of -1.
    gone = ~np.isfinite(points[:3]).all(axis=0)
    c3d["data"]["meta_points"]["residuals"][0][gone] = -1
    del parameters["POINT"]["FRAMES"]
    c3d.write(file)
"""

SPOILT = {
    ("P01", "session_1_slow_1"): ("truncated", ""),
    ("P01", "session_2_slow_1"): ("no label", "EMG FCU"),
    ("P02", "session_1_slow_1"): ("flat", "ECU"),
    ("P02", "session_2_slow_1"): ("marker gone", "MCP5"),
    ("P03", "session_1_slow_1"): ("all gone", "marker"),
    ("P03", "session_2_slow_1"): ("units", "unit"),
}


def spoil(file, how):
    if how == "truncated":
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])
        return
    subprocess.run([sys.executable, "-c", textwrap.dedent(SPOIL), str(file), how], check=True)


def test_each_is_named_with_its_reason_and_the_study_goes_on(finished, untouched):
    shutil.copytree(finished.folder / "data", untouched.folder / "data")
    for (subject, trial), (how, _) in SPOILT.items():
        spoil(untouched.folder / "data" / "virtual_wrist" / subject / f"{trial}.c3d", how)
    untouched.run()
    with (untouched.folder / "results" / "quality" / "trials.csv").open() as table:
        trials = {(row["subject"], row["trial"]): row for row in csv.DictReader(table)}
    rejected = {key for key, row in trials.items() if row["status"] == "rejected"}
    assert rejected == set(SPOILT)
    for key, (how, named) in SPOILT.items():
        reason = trials[key]["reason"]
        assert key[1] in reason, how
        assert f"{key[1]}.c3d" in reason, how
        assert named.lower() in reason.lower(), (how, reason)
    report = (untouched.folder / "results" / "report.html").read_text()
    assert all(trial in report for _, trial in SPOILT)
