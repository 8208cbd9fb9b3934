# The config, read and checked once, and what the rules ask of it.
import re
from dataclasses import asdict

from myopinn.config import check_variants, read_config
from myopinn.digest import code_digest
from myopinn.recordings import laboratory

config = read_config(config, full=workflow.is_main_process)
if workflow.is_main_process:
    check_variants(config)

RECORDINGS = config["recordings"]
TASKS = config["tasks"]
SEED = config["study"]["seed"]


def laboratory_of(recording):
    """Give the name of the laboratory that a recording comes from."""
    return RECORDINGS[recording]["laboratory"]["name"]


TRIALS = {
    name: laboratory(laboratory_of(name)).list_trials(entry["laboratory"])
    for name, entry in RECORDINGS.items()
}
SUBJECTS = {name: sorted({t.subject for t in trials}) for name, trials in TRIALS.items()}
VIRTUAL = [r for r in RECORDINGS if hasattr(laboratory(laboratory_of(r)), "simulate_person")]
MEASURED = [r for r in RECORDINGS if r not in VIRTUAL]


def trials_of(wildcards):
    """List a person's trials as plain values."""
    return [asdict(t) for t in TRIALS[wildcards.recording] if t.subject == wildcards.subject]


def slice_of(room):
    """Give a function that looks up a recording's slice of the config for a room."""
    return lambda wildcards: RECORDINGS[wildcards.recording][room]


def files_of_the_user(wildcards):
    """Name a person's files where they lie, in laboratories that are a folder of the user's own."""
    source = laboratory(laboratory_of(wildcards.recording))
    if not hasattr(source, "source_files"):
        return {}
    settings = RECORDINGS[wildcards.recording]["laboratory"]
    return {"sources": source.source_files(settings, wildcards.subject)}


def slice_for(step):
    """Give a function that looks up what one step reads, so that other steps' settings do not rerun it.

    Every step knows the coordinates that the muscles are to balance: it reports on them.
    """

    def look_up(wildcards):
        room = RECORDINGS[wildcards.recording]["opensim"]
        studied = {"coordinates": room["muscle_forces"]["coordinates"]}
        time_limit = {key: room[key] for key in ["timeout_s"] if key in room}
        return time_limit | {"muscle_forces": studied} | {step: room[step]}

    return look_up


def of_all_people(pattern):
    """Give a function that lists a recording's files or folders of this pattern for all people."""
    return lambda wildcards: expand(
        pattern, recording=wildcards.recording, subject=SUBJECTS[wildcards.recording]
    )


def people_of(wildcards):
    """List what training reads of every person; a joint that moves alone needs its inertia as well."""
    files = {
        "datasets": "results/dataset/{recording}/{subject}.nc",
        "geometries": "results/opensim/{recording}/{subject}/muscle_geometry.nc",
    }
    physics = TASKS[wildcards.task]["recordings"][wildcards.recording].get("physics")
    if physics and physics["kind"] == "single_joint":
        files["joint_inertias"] = "results/opensim/{recording}/{subject}/joint_inertia.json"
    return {
        key: expand(path, recording=wildcards.recording, subject=SUBJECTS[wildcards.recording])
        for key, path in files.items()
    }


# Where each step of each person keeps its quality record.
STEPS = [
    "data/{recording}/{subject}",
    "results/signals/{recording}/{subject}",
    "results/opensim/{recording}/{subject}/model",
    "results/opensim/{recording}/{subject}/inverse_kinematics",
    "results/opensim/{recording}/{subject}/inverse_dynamics",
    "results/opensim/{recording}/{subject}/muscle_forces",
    "results/opensim/{recording}/{subject}/muscle_geometry.csv",
    "results/dataset/{recording}/{subject}.csv",
]
INERTIA = ["results/opensim/{recording}/{subject}/joint_inertia.csv"]


def quality_records(wildcards):
    """List where each step of each person keeps its quality record."""
    return [
        record.format(recording=recording, subject=subject)
        for recording in RECORDINGS
        for subject in SUBJECTS[recording]
        for record in STEPS + INERTIA * ("joint_inertia" in RECORDINGS[recording]["opensim"])
    ]


def predictions_of(wildcards):
    """List the folders of predictions of a task: every variant, recording and split."""
    task = TASKS[wildcards.task]
    return [
        f"results/training/{wildcards.task}/{variant}/{recording}/{split}"
        for variant in task["variants"]
        for recording, selection in task["recordings"].items()
        for split in selection["splits"]
    ]


def predictions_in_cell(wildcards):
    """List the folders of predictions of every variant in a cell."""
    return [
        f"results/training/{wildcards.task}/{variant}/{wildcards.recording}/{wildcards.split}"
        for variant in TASKS[wildcards.task]["variants"]
    ]


def any_of(names):
    """Write a wildcard's constraint: one of these names, or none that can occur."""
    return "|".join(re.escape(n) for n in names) or "(?!)"


wildcard_constraints:
    recording=any_of(RECORDINGS),
    subject=any_of(sorted({s for subjects in SUBJECTS.values() for s in subjects})),
    task=any_of(TASKS),
    variant=any_of(sorted({v for task in TASKS.values() for v in task["variants"]})),
    split="[a-z_]+",
