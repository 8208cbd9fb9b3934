import shutil
from pathlib import Path

import pytest
from synthetic_study import Study, make_study


@pytest.fixture(scope="session", autouse=True)
def no_server_of_the_user():
    """Tests keep their runs to themselves, whatever the environment says."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("MLFLOW_TRACKING_URI", raising=False)
        yield


@pytest.fixture(scope="session")
def made_study(tmp_path_factory) -> Study:
    return make_study(tmp_path_factory.mktemp("study"))


@pytest.fixture
def study(made_study: Study, tmp_path: Path) -> Study:
    """The study with datasets and folds of its own; the MLflow store is shared."""
    for name in (*made_study.datasets, *made_study.geometries, made_study.folds):
        shutil.copy(name, tmp_path)

    def here(name: str) -> str:
        return str(tmp_path / Path(name).name)

    return Study(
        tmp_path,
        [here(name) for name in made_study.datasets],
        [here(name) for name in made_study.geometries],
        here(made_study.folds),
        made_study.store,
    )
