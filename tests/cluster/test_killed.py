"""Jobs that a killed run left in the queue keep the next one from starting beside them."""

import pytest
import services
from study import Run

pytestmark = pytest.mark.cluster


def test_jobs_of_a_killed_run_are_named_and_waited_for(slurm, folder, environment):
    study = folder / "killed"
    run = Run(study, environment, "--dry-run")
    # What a run leaves that was killed outright: its mark, and a job that goes on.
    (study / ".snakemake").mkdir()
    (study / ".snakemake" / "running").touch()
    batch = ["sbatch", "--parsable", "--chdir", str(study), "--output", "/dev/null"]
    job = services.said(*batch, "--wrap", "sleep 600").strip()
    status, said = run.once()
    assert status
    assert f"its jobs {job} are still in Slurm's queue" in said
    services.said("scancel", job)
    services.wait_for(
        lambda: job not in services.said("squeue", "-h", "-o", "%i").split(), 60, "its end"
    )
    status, said = run.once()
    assert status == 0, said
    assert "going on where it stood" in said
    assert "train_variant" in said
