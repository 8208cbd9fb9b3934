"""No file ends the step of a person: it is read rightly, or its trial is left out by name."""

from dataclasses import asdict

import numpy as np
import pytest

from myopinn.files.layouts.envelopes import ENVELOPES
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.netcdf import read_netcdf
from myopinn.formats.opensim_files import read_trc
from myopinn.records.trials import Trial
from myopinn.signals.c3d import read_c3d
from myopinn.steps.convert_signals import convert_signals


def _walk(gait, file, markers=None, emg=None):
    return gait.write(
        file, markers or gait.walker(), steps=gait.steps(), emg=emg or gait.emg(),
        events=gait.events(), mass_kg=71.4,
    )  # fmt: skip


def _convert(tmp_path, names, settings):
    trials = [asdict(Trial("ann", "1", n, "dynamic", "", f"{n}.c3d")) for n in names]
    convert_signals(
        recordings=str(tmp_path), trials=trials, recording="lab", subject="ann",
        settings=settings, signals=str(tmp_path / "signals"),
    )  # fmt: skip
    quality = QUALITY.read(tmp_path / "signals" / "quality.csv")
    refused = quality[~quality.accepted]
    return dict(zip(refused.trial, refused.reason, strict=True))


def _renamed(file, group, name, new):
    """Rename a parameter where it stands: an entry begins with its name's length and its group."""
    content = file.read_bytes()
    number = 256 - content[content.index(group.encode()) - 1]
    entry = bytes([len(name), number]) + name.encode()
    assert content.count(entry) == 1
    file.write_bytes(content.replace(entry, entry[:2] + new.encode()))


@pytest.mark.parametrize("name", ["SCALE", "OFFSET"])
def test_a_file_that_crashes_the_reader_leaves_out_its_own_trial(gait, tmp_path, name):
    # ezc3d ends with a segmentation fault where one of them is missing.
    _renamed(_walk(gait, tmp_path / "crash.c3d"), "ANALOG", name, "X" * len(name))
    for good in ("before", "behind"):
        _walk(gait, tmp_path / f"{good}.c3d")
    refused = _convert(tmp_path, ["before", "crash", "behind"], gait.settings())
    assert set(refused) == {"crash"}
    assert f"crash.c3d: the file lacks ANALOG:{name}, so" in refused["crash"]
    assert "Remedy: export the trial with scale and offset" in refused["crash"]
    written = [
        (tmp_path / "signals" / good / "markers.trc").read_bytes() for good in ("before", "behind")
    ]
    assert written[0] == written[1]
    assert not (tmp_path / "signals" / "crash").exists()


def test_channels_without_an_offset_of_their_own_are_not_read_from_what_lies_behind(gait, tmp_path):
    file = _walk(gait, tmp_path / "walk.c3d")
    channels = len(read_c3d(file).analog_labels)
    content = file.read_bytes()
    at = content.index(b"OFFSET") + len(b"OFFSET")
    # After the name: two bytes to the next entry, the type, the number of dimensions, the lengths.
    assert content[at + 2 : at + 5] == bytes([2, 1, channels])
    kept, gone = 3, 2 * (channels - 3)
    step = int.from_bytes(content[at : at + 2], "little") - gone
    behind = 512 + 512 * content[514]
    rest = content[at + 5 + 2 * kept + gone : behind] + bytes(gone)
    head = content[:at] + step.to_bytes(2, "little") + bytes([2, 1, kept]) + bytes(2 * kept)
    file.write_bytes(head + rest + content[behind:])
    refused = _convert(tmp_path, ["walk"], gait.settings())
    assert f"ANALOG:OFFSET holds 3 values for {channels} analog channels" in refused["walk"]


def _in_latin_1(file, plain, accented):
    content = file.read_bytes()
    assert content.count(plain.encode())
    file.write_bytes(content.replace(plain.encode(), accented.encode("latin-1")))


def test_an_accent_in_a_label_that_nobody_asked_for_does_not_matter(gait, tmp_path):
    markers = gait.walker()
    shoulder = markers["C7"] + 0.1
    _in_latin_1(
        _walk(gait, tmp_path / "walk.c3d", markers | {"Epaule": shoulder}), "Epaule", "Épaule"
    )
    assert not _convert(tmp_path, ["walk"], gait.settings())
    _, written = read_trc(tmp_path / "signals" / "walk" / "markers.trc")
    np.testing.assert_allclose(written["Épaule"], shoulder, atol=1e-6)


def test_a_label_with_an_accent_is_found_by_it(gait, tmp_path):
    emg = gait.emg()
    named = {"R Genou": emg["R Rect"], "R Hams": emg["R Hams"]}
    _in_latin_1(_walk(gait, tmp_path / "walk.c3d", emg=named), "R Genou", "R Génou")
    settings = gait.settings()
    settings["emg"]["channels"]["recfem"] = "R Génou"
    assert not _convert(tmp_path, ["walk"], settings)
    envelopes = read_netcdf(tmp_path / "signals" / "walk" / "envelopes.nc", ENVELOPES)
    assert (envelopes.envelope.sel(channel="recfem") > 0).any()


def test_damaged_files_are_left_out_or_read_and_end_nothing(gait, tmp_path):
    whole = _walk(gait, tmp_path / "whole.c3d").read_bytes()
    rng = np.random.default_rng(0)
    names = ["whole"]
    for i in range(12):
        damaged = bytearray(whole)
        if i % 3:
            # In the header, or in the parameters behind it.
            first, last = ((0, 512), (512, 512 + 512 * whole[514]))[i % 3 - 1]
            for place in rng.integers(first, last, 5):
                damaged[place] = rng.integers(256)
        else:
            damaged = damaged[: rng.integers(len(whole))]
        names.append(f"damaged_{i}")
        (tmp_path / f"{names[-1]}.c3d").write_bytes(damaged)
    refused = _convert(tmp_path, names, gait.settings())
    assert refused
    assert "whole" not in refused
    for name in names:
        assert (name in refused) != (tmp_path / "signals" / name).is_dir()
    for name, reason in refused.items():
        assert f"{name}.c3d" in reason
        assert "nobody foresaw" not in reason
