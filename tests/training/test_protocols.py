"""What sets of recordings leave open: read from the trials that everyone recorded."""

import pytest
import synthetic_study as synthetic
from test_deep_emg import selection, write_calibration

from myopinn.errors import ConfigError
from myopinn.files.layouts.protocols import PROTOCOLS
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.steps.compare_recorded_protocols import compare_recorded_protocols

SEEING = {"measured_emg": True, "moment_input": True}


def compare(study, compared, variant="nmm", settings=SEEING, **changed):
    """Compare protocols of the small study; the table that comes out."""
    given = {
        "datasets": study.datasets,
        "geometries": study.geometries,
        "calibrations": write_calibration(study),
        "task": "deep_emg",
        "variant": variant,
        "recording": "synthetic",
        "variant_settings": settings,
        "selection": selection(calibration=["isometric_60deg"]),
        "asked": ["walk"],
        "compared": compared,
        "protocols": study.folder / "protocols.csv",
    }
    compare_recorded_protocols(**{**given, **changed})
    return PROTOCOLS.read(study.folder / "protocols.csv")


@pytest.fixture
def study(study):
    """Half of the trials are walks, the others runs."""
    for path in study.datasets:
        data = read_netcdf(path, synthetic.DATASET)
        runs = [str(trial) in ("walk0", "walk1") for trial in data["trial"].values]
        data["condition"].values[:] = ["run" if fast else "walk" for fast in runs]
        write_netcdf(data, path, synthetic.DATASET)
    return study


def test_what_is_recorded_beside_leaves_less_open(study):
    walks, more = (
        {"conditions": ["walk"]},
        {"conditions": ["walk"], "calibration": ["isometric_60deg"]},
    )
    table = compare(study, {"nothing": {"conditions": []}, "walks": walks, "more": more})
    sizes = table[table["quantity"] == "excitation"]
    assert set(sizes["muscle"]) == {"biarticular"}
    assert len(set(sizes["subject"])) == len(study.datasets)
    for _, own in sizes.groupby("subject"):
        left = own.set_index("protocol")
        assert left.loc["nothing", "posterior"] == pytest.approx(left.loc["nothing", "prior"])
        nothing, walked, held = left.loc[["nothing", "walks", "more"], "posterior"]
        assert held < walked < nothing
        assert left.loc["more", "n_cycles"] == left.loc["walks", "n_cycles"] + 4
        assert left["prior"].nunique() == 1
    numbers = table[table["quantity"] == "combinations"].groupby("protocol")["posterior"].mean()
    assert numbers["nothing"] == 0
    assert 0 < numbers["walks"] <= numbers["more"]


def test_the_cycles_counted_are_those_of_the_protocol_and_the_person(study):
    table = compare(
        study, {"walks": {"conditions": ["walk"]}, "all": {"conditions": ["walk", "run"]}}
    )
    counts = table.groupby(["subject", "protocol"])["n_cycles"].first().unstack()
    for subject, path in zip(counts.index, study.datasets, strict=True):
        condition = read_netcdf(path, synthetic.DATASET)["condition"].values
        assert counts.loc[subject, "walks"] == (condition == "walk").sum()
        assert counts.loc[subject, "all"] == len(condition)


def test_a_condition_that_nobody_recorded_is_refused_by_name(study):
    with pytest.raises(
        ConfigError, match=r"\['jump'\].*there are \['isometric_60deg', 'run', 'walk'"
    ):
        compare(study, {"jumps": {"conditions": ["jump"]}})


def test_a_variant_without_muscles_of_its_own_is_refused(study):
    with pytest.raises(ConfigError, match="copy_agonists"):
        compare(study, {"walks": {"conditions": ["walk"]}}, "copy_agonists", {})
