"""Bring the runs that a study wrote while its tracking store was away into that store.

The store is the server that MLFLOW_TRACKING_URI names, else the study's own database. Doing it
twice changes nothing.

    python workflow/scripts/upload_runs.py STUDY
"""

import os
import sys
from pathlib import Path

from myopinn.tracking.store import TrackingError, upload_runs, without_password

STORE = Path("results", "mlflow", "store.json")


def main(study):
    """Upload, and say how many."""
    os.chdir(study)
    try:
        count = upload_runs(STORE)
    except TrackingError as error:
        sys.exit(f"{study}: {error} Runs go on waiting in {STORE.parent / 'waiting'}.")
    where = without_password(os.environ.get("MLFLOW_TRACKING_URI", "")) or "the study's database"
    print(f"{study}: {count} runs brought into {where}.")


if __name__ == "__main__":
    main(sys.argv[1])
