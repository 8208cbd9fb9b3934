import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from myopinn.errors import ConfigError
from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.netcdf import read_netcdf
from myopinn.formats.opensim_files import read_storage, read_trc
from myopinn.records.trials import Trial
from myopinn.steps.convert_signals import convert_signals

ASIDE = np.array([0.0, 0.0, 2.0])


def _trial(name, kind="dynamic", mass_kg=float("nan")):
    return asdict(Trial("ann", "1", name, kind, "", f"{name}.c3d", mass_kg))


def _convert(tmp_path, trials, settings):
    convert_signals(
        recordings=str(tmp_path / "raw"),
        trials=trials,
        recording="lab",
        subject="ann",
        settings=settings,
        signals=str(tmp_path / "signals"),
    )
    return tmp_path / "signals", QUALITY.read(tmp_path / "signals" / "quality.csv")


@pytest.fixture
def raw(tmp_path):
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


def _walk(gait, file, markers=None, **options):
    keys = {"steps": gait.steps(), "emg": gait.emg(), "events": gait.events(), "mass_kg": 71.4}
    return gait.write(file, gait.walker() if markers is None else markers, **(keys | options))


def test_a_person_from_raw_files_to_signals(gait, tmp_path, raw):
    _walk(gait, raw / "walk.c3d")
    still = {name: xyz[60:61] for name, xyz in gait.walker().items()}
    gait.write(raw / "static.c3d", still)
    gait.write(raw / "mvc.c3d", {"WAND": np.full((180, 3), np.nan)}, emg=gait.emg(seed=3))
    trials = [_trial("static", "static"), _trial("walk"), _trial("mvc", "mvc")]
    signals, quality = _convert(tmp_path, trials, gait.settings())

    assert quality.accepted.all()
    assert json.loads((signals / "person.json").read_text()) == {"mass_kg": 71.4}
    assert sorted(p.name for p in (signals / "walk").iterdir()) == [
        "envelopes.nc", "events.csv", "external_loads.xml", "force_intervals.csv",
        "ground_forces.mot", "markers.trc",
    ]  # fmt: skip
    time, markers = read_trc(signals / "walk" / "markers.trc")
    for name, xyz in gait.walker().items():
        np.testing.assert_allclose(markers[name], xyz, atol=1e-6)
    forces, _ = read_storage(signals / "walk" / "ground_forces.mot")
    envelopes = read_netcdf(signals / "walk" / "envelopes.nc", ENVELOPES)
    np.testing.assert_allclose(forces.index, time, atol=1e-6)
    np.testing.assert_allclose(envelopes.time_s, time, atol=1e-6)
    # Both feet carry what the plates show, each foot its own.
    total = sum(step.force[:, 1].sum() for step in gait.steps()) / gait.analog_rate
    carried = forces[["ground_force_r_vy", "ground_force_l_vy"]].to_numpy().sum() / gait.rate
    assert carried == pytest.approx(total, rel=1e-3)
    both = pd.read_csv(signals / "walk" / "force_intervals.csv").set_index("side").loc["both"]
    assert (both.start_s, both.end_s) == (pytest.approx(0.3), pytest.approx(1.2))

    static_time, static = read_trc(signals / "static" / "markers.trc")
    assert len(static_time) == 10
    np.testing.assert_allclose(static["C7"], np.repeat(static["C7"][:1], 10, axis=0))
    assert [p.name for p in (signals / "static").iterdir()] == ["markers.trc"]
    assert [p.name for p in (signals / "mvc").iterdir()] == ["envelopes.nc"]


def test_gaps_stay_gaps(gait, tmp_path, raw):
    markers = gait.walker()
    markers["C7"][50:70] = np.nan
    _walk(gait, raw / "walk.c3d", markers)
    signals, _ = _convert(tmp_path, [_trial("walk")], gait.settings())
    _, written = read_trc(signals / "walk" / "markers.trc")
    missing = ~np.isfinite(written["C7"]).all(axis=1)
    assert list(np.flatnonzero(missing)) == list(range(50, 70))


def _truncated(gait, file):
    _walk(gait, file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _without_marker(gait, file):
    markers = gait.walker()
    markers["RHEE"][:] = np.nan
    _walk(gait, file, markers)


def _without_markers(gait, file):
    _walk(gait, file, {n: np.full_like(x, np.nan) for n, x in gait.walker().items()})


def _without_label(gait, file):
    _walk(gait, file, emg={"R Hams": gait.emg()["R Hams"]})


def _flat(gait, file):
    _walk(gait, file, emg=gait.emg() | {"R Rect": np.full(1800, 1e-3)})


def _wrong_unit(gait, file):
    _walk(gait, file, laboratory=gait.Laboratory(unit="m", metres=1e-3))


def _beside_the_plates(gait, file):
    steps = gait.steps()
    for step in steps:
        step.point, step.corners = step.point + ASIDE, step.corners + ASIDE
    _walk(gait, file, steps=steps)


BAD = {
    "truncated": (_truncated, "truncated: its header states 180 frames"),
    "without_marker": (_without_marker, "marker 'RHEE' is missing for the whole trial"),
    "without_markers": (_without_markers, "none of the 11 markers is visible"),
    "without_label": (_without_label, "EMG channel 'recfem': there is no label 'R Rect'"),
    "flat": (_flat, r"EMG channel 'recfem' ('R Rect') is flat"),
    "wrong_unit": (_wrong_unit, "the unit in POINT:UNITS"),
    "beside": (_beside_the_plates, "no foot stepped alone on any of the 2 force plates"),
    "no_events": (lambda gait, file: _walk(gait, file, events=None), "no foot strike was found"),
    "no_plates": (lambda gait, file: _walk(gait, file, steps=None), "the file has no force plate"),
    "missing": (lambda gait, file: None, "there is no such file"),
}


def test_each_bad_trial_is_left_out_by_name_and_the_others_go_on(gait, tmp_path, raw):
    for name, (write, _) in BAD.items():
        write(gait, raw / f"{name}.c3d")
    _walk(gait, raw / "good.c3d")
    trials = [*(_trial(name) for name in BAD), _trial("good")]
    signals, quality = _convert(tmp_path, trials, gait.settings())
    for name, (_, reason) in BAD.items():
        refused = quality[(quality.trial == name) & ~quality.accepted]
        assert len(refused) == 1, name
        text = refused.reason.iloc[0]
        assert reason in text, text
        assert f"{name}.c3d" in text
        assert text.startswith(f"{name}: ")
        assert "Remedy: " in text
        assert not (signals / name).exists()
    assert quality[quality.trial == "good"].accepted.all()
    assert (signals / "good" / "markers.trc").exists()


def test_the_mass_of_the_list_of_trials_goes_before_that_of_the_file(gait, tmp_path, raw):
    _walk(gait, raw / "walk.c3d")
    signals, _ = _convert(tmp_path, [_trial("walk", mass_kg=80.0)], gait.settings())
    assert json.loads((signals / "person.json").read_text())["mass_kg"] == 80.0


def test_the_mass_of_a_trial_that_cannot_be_used_is_the_persons_as_well(gait, tmp_path, raw):
    """A static trial that states none, and a walk that does, without a marker that is needed."""
    still = {name: xyz[60:61] for name, xyz in gait.walker().items()}
    gait.write(raw / "static.c3d", still)
    markers = gait.walker()
    settings = gait.settings()
    lost = settings["ground_forces"]["feet"]["r"]["markers"][0]
    markers[lost][:] = np.nan
    settings["markers"]["required"] = [lost]
    _walk(gait, raw / "walk.c3d", markers)
    trials = [_trial("static", "static"), _trial("walk")]
    signals, quality = _convert(tmp_path, trials, settings)
    assert json.loads((signals / "person.json").read_text()) == {"mass_kg": 71.4}
    assert set(quality[~quality.accepted].trial) == {"walk"}
    assert not quality.reason.str.contains("the person's mass").any()
    assert (signals / "static").is_dir()


@pytest.mark.parametrize("stated", [0.0, 1.0, 70000.0])
def test_a_mass_in_a_file_that_cannot_be_is_not_called_none(gait, tmp_path, raw, stated):
    _walk(gait, raw / "walk.c3d", mass_kg=stated)
    _, quality = _convert(tmp_path, [_trial("walk")], gait.settings())
    assert "between 2 and 300 kg, in any C3D" in quality[~quality.accepted].reason.iloc[0]


def test_nobody_is_scaled_without_a_mass(gait, tmp_path, raw):
    _walk(gait, raw / "walk.c3d", mass_kg=None)
    signals, quality = _convert(tmp_path, [_trial("walk")], gait.settings())
    assert "mass is neither in the list of trials" in quality[~quality.accepted].reason.iloc[0]
    assert [p.name for p in signals.iterdir()] == ["quality.csv"]


def test_a_limb_needs_neither_plates_nor_events(gait, tmp_path, raw):
    settings = gait.settings() | {"ground_forces": None, "events": None}
    settings["markers"] = {"vertical_axis": "z", "forward": {"axis": "x"}}
    gait.write(raw / "curl.c3d", gait.walker(), emg=gait.emg())
    signals, quality = _convert(tmp_path, [_trial("curl", mass_kg=70.0)], settings)
    assert quality.accepted.all()
    assert sorted(p.name for p in (signals / "curl").iterdir()) == ["envelopes.nc", "markers.trc"]


def _free(gait):
    """Settings by which the condition 'free' has no contact, and a trial of it."""
    settings = gait.settings()
    settings["ground_forces"]["none_in"] = ["free"]
    return settings, {**_trial("swing", mass_kg=70.0), "condition": "free"}


def test_a_leg_free_in_the_air_needs_no_contact_and_its_forces_are_known_throughout(
    gait, tmp_path, raw
):
    settings, trial = _free(gait)
    gait.write(raw / "swing.c3d", gait.walker(), emg=gait.emg())
    gait.write(raw / "walk.c3d", gait.walker(), emg=gait.emg())
    signals, quality = _convert(tmp_path, [trial, _trial("walk", mass_kg=70.0)], settings)
    # In any other condition plates that show nothing are a fault.
    assert set(quality[~quality.accepted].trial) == {"walk"}
    assert sorted(p.name for p in (signals / "swing").iterdir()) == [
        "envelopes.nc", "events.csv", "force_intervals.csv", "markers.trc",
    ]  # fmt: skip
    assert pd.read_csv(signals / "swing" / "events.csv").empty
    known = pd.read_csv(signals / "swing" / "force_intervals.csv").set_index("side")
    time, _ = read_trc(signals / "swing" / "markers.trc")
    # What holds the body up is on no record, so residuals ("both") are not to be judged.
    assert set(known.index) == {"r", "l"}
    assert (known.start_s == time[0]).all() and (known.end_s - time[-1]).abs().max() < 1e-9


def test_a_free_leg_that_steps_on_a_plate_is_left_out_by_name(gait, tmp_path, raw):
    settings, trial = _free(gait)
    gait.write(raw / "swing.c3d", gait.walker(), emg=gait.emg(), steps=gait.steps())
    signals, quality = _convert(tmp_path, [trial], settings)
    reason = quality[~quality.accepted].reason.iloc[0]
    assert "plate 1 was stepped on, with 677 N" in reason and "none_in" in reason
    assert not (signals / "swing").exists()


def test_settings_that_contradict_each_other_stop_at_once(gait, tmp_path, raw):
    with pytest.raises(ConfigError, match=r"needs signals\.events"):
        _convert(tmp_path, [], gait.settings() | {"events": None})
    events = {"source": "detected", "heel_markers": {"r": "RHEE", "l": "LHEE"}}
    with pytest.raises(ConfigError, match="sacrum_markers"):
        _convert(tmp_path, [], gait.settings() | {"events": events})


def test_a_trial_that_cannot_be_written_whole_leaves_nothing(gait, tmp_path, raw, monkeypatch):
    """Envelopes are written before the markers."""

    def fail(*_, **options):
        raise ValueError("no room for so many frames")

    _walk(gait, raw / "walk.c3d")
    monkeypatch.setattr("myopinn.steps.convert_signals.write_trc", fail)
    signals, quality = _convert(tmp_path, [_trial("walk")], gait.settings())
    assert "no room for so many frames" in quality.reason.iloc[-1]
    assert not (signals / "walk").exists()
