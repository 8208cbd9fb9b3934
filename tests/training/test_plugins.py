"""A variant of another package: found by its entry point, fitted like one of the house."""

import sys

import numpy as np
import pytest
import synthetic_study as synthetic

from additions import examples
from myopinn.errors import ConfigError
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import read_netcdf
from myopinn.steps.train_variant import train_variant
from myopinn.variants import find_variant, load_variant, variant_modules, variant_names

# The page's own.
LAST_CYCLE = examples("variant")[0].text


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a package with a module of variants under the names of its entry points."""

    def installed(points, module="strangers_variant", text=LAST_CYCLE):
        site = tmp_path / "site"
        about = site / f"{module}-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        lines = [f"{name} = {target}" for name, target in points.items()]
        (about / "entry_points.txt").write_text("\n".join(["[myopinn.variants]", *lines, ""]))
        (site / f"{module}.py").write_text(text)
        monkeypatch.syspath_prepend(site)
        variant_modules.cache_clear()

    yield installed
    monkeypatch.undo()
    sys.modules.pop("strangers_variant", None)
    variant_modules.cache_clear()


def test_it_is_found_and_fitted_like_one_of_the_house(install, study):
    install({"final_cycle": "strangers_variant"})
    assert "final_cycle" in variant_names("muscle_force")
    assert "final_cycle" not in variant_names("deep_emg")
    synthetic.write_folds(study.folder / "small.json", [synthetic.fold("ada", [0, 1], [4], [5])])
    folds = [str(study.folder / "small.json")]
    train_variant(**study.arguments("final_cycle", "out", folds=folds))
    answer = read_netcdf(study.folder / "out/small/ada/predictions.nc", PREDICTIONS)
    data = read_netcdf(study.datasets[0], DATASET)
    last = np.flatnonzero(data["trial"].values == "walk1")[-1]
    expected = np.tile(data["muscle_force"].sel(muscle="flexor").values[last], 4)
    # Cycles are scaled in single precision.
    np.testing.assert_allclose(answer["predicted"].sel(target="flexor"), expected, rtol=1e-5)


def test_its_settings_are_checked_like_those_of_the_house(install):
    install({"final_cycle": "strangers_variant"})
    assert load_variant("final_cycle", {"gain": 2}).described() == {"gain": 2.0}
    with pytest.raises(ConfigError, match=r"no key 'gian'\. Did you mean 'gain'"):
        load_variant("final_cycle", {"gian": 2})


def test_a_name_of_the_house_is_refused(install):
    install({"cnn": "strangers_variant"})
    with pytest.raises(ConfigError, match=r"'cnn = strangers_variant' .* rename it"):
        variant_names()


def test_a_module_that_does_not_say_what_it_is_is_refused(install):
    install({"final_cycle": "strangers_variant"}, text="TASKS = ('muscle_force',)\n")
    with pytest.raises(ConfigError, match="'final_cycle': strangers_variant has no VARIANT"):
        find_variant("final_cycle")


def test_a_module_that_is_not_there_is_named(install):
    install({"final_cycle": "strangers_varient"})
    with pytest.raises(ConfigError, match="'final_cycle': strangers_varient cannot be imported"):
        find_variant("final_cycle")
