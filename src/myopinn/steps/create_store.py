"""Make the store of all runs in MLflow."""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from myopinn.files.layouts.store import STORE
from myopinn.formats.whole import whole_file
from myopinn.tracking.store import CONFIG, STUDY_ID, prepare

log = logging.getLogger(__name__)


def create_store(
    *, experiments: Sequence[str], server: str, store: str | Path, config: str | Path | None = None
) -> None:
    """Make the MLflow store and its experiments, before anything writes; what is there stays.

    A server that cannot be reached is only warned of: fits do not need it, and their runs wait.

    Parameters
    ----------
    experiments : sequence of str
        Names, one for each task, question and search.
    server : str
        Where runs are kept, without a password, for the record; empty for the study's own database.
    store : path
        Output (:data:`myopinn.files.layouts.store.STORE`). The study's own database, the files of
        its runs (``artifacts``), runs that wait (``waiting``) and the study's ``study_id``, which
        is made once, lie in the same folder.
    config : path, optional
        The study's configuration with all defaults filled in, of which each run gets a copy.

    Raises
    ------
    TrackingError
        Where the study's own database cannot be made or brought to the version of MLflow in use.
    """
    identity = Path(store).with_name(STUDY_ID)
    if not identity.exists():
        with whole_file(identity) as temporary:
            temporary.write_text(uuid.uuid4().hex, encoding="utf-8")
    try:
        prepare(store, experiments)
    except Exception as error:
        if not server:
            raise
        log.warning("%s; fits go on, and their runs wait for 'make upload-runs'.", error)
    if config is not None:
        with whole_file(Path(store).with_name(CONFIG)) as temporary:
            shutil.copyfile(config, temporary)
    STORE.write({"server": server, "experiments": list(experiments)}, store)
