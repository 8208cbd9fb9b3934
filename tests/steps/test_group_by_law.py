"""Who follows which law stands in the truth, and is all that is taken from it."""

import numpy as np
import pandas as pd

from myopinn.files.layouts.envelope_errors import ANY_ERRORS
from myopinn.files.layouts.law_errors import LAW_ERRORS
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import write_netcdf
from myopinn.files.tables import NUMBER, WHOLE
from myopinn.steps.group_by_law import group_by_law

SIZES = {"time_s": 2, "coordinate": 1, "muscle": 1}


def write_somebody(folder, subject, law):
    folder.mkdir()
    variables = {
        name: np.zeros([SIZES[d] for d in quantity.dims])
        for name, quantity in TRUTH.variables.items()
    }
    coordinates = {"time_s": [0.0, 0.1], "muscle": ["FCR"], "coordinate": ["wrist"]}
    whose = {"recording": "wrist", "subject": subject, "sharing_law": law}
    whose |= {"electromechanical_delay_s": 0.01, "activation_s": 0.01, "deactivation_s": 0.05}
    truth = TRUTH.build(variables, coordinates, whose)
    write_netcdf(truth, folder / "a.nc", TRUTH)
    return folder


def test_people_are_grouped_by_the_law_in_their_truth(tmp_path):
    folders = [
        write_somebody(tmp_path / "a", "P01", "synergies"),
        write_somebody(tmp_path / "b", "P02", "optimal_feedback"),
    ]
    errors = pd.DataFrame(
        [
            {"variant": "cnn", "subject": subject, "target": "FCR", "unit": "N", "rmse": rmse}
            | {"recording": recording}
            for subject, rmse, recording in (
                ("P01", 2.0, "wrist"),
                ("P02", 3.0, "wrist"),
                # A living person of the same name in another recording.
                ("P01", 9.0, "people"),
            )
        ]
    )
    kept = {n: c for n, c in ANY_ERRORS.columns.items() if "<" not in n and not c.optional}
    filling = {NUMBER: 0.5, WHOLE: 1}
    missing = {n: filling.get(c.kind, "x") for n, c in kept.items() if n not in errors}
    ANY_ERRORS.write(errors.assign(**missing), tmp_path / "errors.csv")
    group_by_law(errors=tmp_path / "errors.csv", truth=folders, by_law=tmp_path / "by_law.csv")
    table = LAW_ERRORS.read(tmp_path / "by_law.csv")
    rmse = table[table["measure"] == "rmse"]
    assert dict(zip(rmse["law"], rmse["mean"], strict=True)) == {
        "synergies": 2.0,
        "optimal_feedback": 3.0,
    }
    assert set(table["recording"]) == {"wrist"}
