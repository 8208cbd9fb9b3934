"""What every laboratory has to be, whoever wrote it; mypy reads this file as well."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from myopinn import recordings
from myopinn.checks.path_names import why_unfit_together
from myopinn.errors import ConfigError
from myopinn.formats.opensim_files import write_storage
from myopinn.recordings import (
    FolderLaboratory,
    Laboratory,
    MeasuringLaboratory,
    ModellingLaboratory,
    ProcessedLaboratory,
    SimulatingLaboratory,
    c3d_folder,
    ceinms_rt_treadmill,
    is_processed,
    is_simulating,
    laboratories,
    laboratory,
    schreiber2019,
    source_files,
    sto_folder,
    virtual_elbow,
    virtual_gait,
    virtual_wrist,
)
from myopinn.records.trials import Trial

# A laboratory that is new goes where it belongs.
MEASURING: tuple[MeasuringLaboratory, ...] = (
    c3d_folder,
    ceinms_rt_treadmill,
    schreiber2019,
    sto_folder,
)
SIMULATING: tuple[SimulatingLaboratory, ...] = (virtual_elbow, virtual_gait, virtual_wrist)
MODELLING: tuple[ModellingLaboratory, ...] = (
    c3d_folder,
    schreiber2019,
    virtual_elbow,
    virtual_gait,
    virtual_wrist,
)
PROCESSED: tuple[ProcessedLaboratory, ...] = (ceinms_rt_treadmill, sto_folder)
FOLDERS: tuple[FolderLaboratory, ...] = (c3d_folder, sto_folder)


def names(listed) -> set[str]:
    return {module.__name__.rpartition(".")[2] for module in listed}


def test_mypy_sees_every_laboratory_as_what_it_is():
    known = laboratories()
    assert names(MEASURING) | names(SIMULATING) == names(MODELLING) | names(PROCESSED) == set(known)
    assert names(SIMULATING) == {name for name in known if is_simulating(name)}
    assert names(PROCESSED) == {name for name in known if is_processed(name)}
    folders = {name for name in known if isinstance(laboratory(name), FolderLaboratory)}
    assert names(FOLDERS) == folders


def settings_of(name, folder):
    """Give the settings of a laboratory; only a folder's has none that go without saying."""
    if name == "c3d_folder":
        for file in ("P01/walk.c3d", "P01/run.c3d", "P02/walk.c3d"):
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).touch()
        own = {"model": "m.osim", "files": ["{subject}/{trial}.c3d"]}
        return {"name": name, "folder": str(folder), **own}
    if name == "sto_folder":
        for subject in ("P01", "P02"):
            for what in ("ik", "id", "emg"):
                write_storage(
                    folder / subject / f"walk_{what}.sto",
                    np.arange(2.0),
                    {"knee": np.arange(2.0)},
                    in_degrees=True,
                    title=what,
                )
        files = {"angles": "ik", "moments": "id", "envelopes": "emg"}
        own = {key: f"{{subject}}/{{trial}}_{what}.sto" for key, what in files.items()}
        return {"name": name, "folder": str(folder), "model": "{subject}/m.osim", **own}
    return {"name": name}


@pytest.mark.parametrize("name", laboratories())
def test_what_every_laboratory_lists_can_go_through_the_flow(name, tmp_path):
    source, settings = laboratory(name), settings_of(name, tmp_path)
    assert isinstance(source, Laboratory)
    assert source.Settings(**settings).name == name
    trials = source.list_trials(settings)
    assert trials and all(isinstance(trial, Trial) for trial in trials)
    # The workflow asks in every process that it starts.
    assert [repr(t) for t in source.list_trials(settings)] == [repr(t) for t in trials]
    for subject in {trial.subject for trial in trials}:
        own = [trial for trial in trials if trial.subject == subject]
        stems = [trial.name for trial in own]
        assert len({stem.casefold() for stem in stems}) == len(stems)
        assert not list(why_unfit_together(stems)) and not list(why_unfit_together([subject]))
        assert {trial.kind for trial in own} <= {"static", "dynamic", "mvc"}
        assert any(trial.kind == "dynamic" for trial in own)
        if not is_processed(name):
            assert all(trial.file.endswith(".c3d") for trial in own)
        sources = source_files(settings, subject)
        assert bool(sources) == isinstance(source, FolderLaboratory)
        assert all(subject in file for file in sources)


OFFERED = """
from dataclasses import dataclass

@dataclass(frozen=True)
class Settings:
    name: str

def list_trials(settings):
    return []

def fetch_recordings(*, settings, subject, recordings, log):
    (recordings / "came.txt").write_text(subject)
"""


@pytest.fixture
def offer(tmp_path, monkeypatch):
    """Install a package that offers a laboratory."""

    def install(name, package="moon", code=OFFERED + "PROCESSED = True\n", value=None):
        for module in (package, f"{package}.cameras"):
            sys.modules.pop(module, None)
        folder = tmp_path / package
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").write_text("")
        (folder / package / "cameras.py").write_text(code)
        described = folder / f"{package}-1.0.dist-info"
        described.mkdir()
        (described / "METADATA").write_text(f"Name: {package}\nVersion: 1.0\n")
        value = value or f"{package}.cameras"
        (described / "entry_points.txt").write_text(f"[myopinn.recordings]\n{name} = {value}\n")
        monkeypatch.syspath_prepend(str(folder))
        recordings._offered.cache_clear()

    yield install
    recordings._offered.cache_clear()


def test_a_laboratory_of_another_package_is_one_like_the_others(offer, tmp_path):
    from myopinn.steps.fetch_recordings import fetch_recordings

    offer("moon_base")
    assert "moon_base" in laboratories() and is_processed("moon_base")
    # Where the digest of the code finds it.
    assert laboratory("moon_base").__name__ == "moon.cameras"
    place = tmp_path / "data"
    fetch_recordings(recording="m", subject="P01", settings={"name": "moon_base"}, recordings=place)
    assert (place / "came.txt").read_text() == "P01" and (place / "quality.csv").is_file()


def test_another_package_cannot_take_the_place_of_a_laboratory(offer):
    offer("c3d_folder")
    offer("base", package="mars")
    offer("base", package="venus")
    with pytest.raises(
        ConfigError, match=r"'c3d_folder': the package 'moon' .* myopinn has itself"
    ):
        laboratory("c3d_folder")
    with pytest.raises(ConfigError, match=r"'base': the package '(mars|venus)' and the package"):
        laboratory("base")
    assert laboratory("sto_folder").__name__ == "myopinn.recordings.sto_folder"


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        ({"code": ""}, "Settings and list_trials"),
        ({"code": OFFERED}, "either provide_model or PROCESSED"),
        (
            {"code": OFFERED + "PROCESSED = True\ndef simulate_person(**asked): ..."},
            "either fetch_recordings or simulate_person",
        ),
        ({"code": "import no_such_module"}, "cannot be loaded .*no_such_module"),
        ({"value": "moon.cameras:Settings"}, "is to be a module"),
    ],
)
def test_a_laboratory_that_is_none_is_refused_by_name(offer, offered, said):
    offer("moon_base", **offered)
    with pytest.raises(ConfigError, match=f"'moon_base' of the package 'moon' .*{said}"):
        laboratory("moon_base")
