# The config, read and checked once, and what the rules ask of it.
import os
import re
import shlex
import sys
from dataclasses import asdict
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(Path(workflow.basedir, "workflow", "scripts")))
from complete_rules import complete_rules

from myopinn.config.entries import CEILINGS, fitted_entries, list_entries, taken_entries
from myopinn.config.forms import form_of
from myopinn.config.planned import list_tests
from myopinn.dataset.tasks import TASKS as TASK_KINDS
from myopinn.errors import ConfigError
from myopinn.figures.errors import METRICS
from myopinn.figures.kinds import Place
from myopinn.figures.registry import list_figures
from myopinn.recordings import is_processed, is_simulating, laboratory, source_files
from myopinn.steps.read_study import CONFIG_FILE, read_and_keep, read_kept
from myopinn.tracking.store import without_password
from myopinn.variants import variant_modules

# Snakemake 9.27 gives it to a shell as it is, where a folder with a space in its name falls apart.
sys.executable = shlex.quote(sys.executable)

if config:
    # Snakemake would lay it over the config.yaml in this folder: a mixture of two studies.
    raise WorkflowError(
        f"a study is the {CONFIG_FILE} in its own folder, which takes nothing from --configfile or "
        "--config. Remedy: `make reproduce STUDY=studies/...`, or snakemake with `--snakefile` of "
        "this project and `--directory studies/...`."
    )
try:
    # Not by `configfile:`, which evaluates expressions before anybody has looked at them.
    config = (read_and_keep if workflow.is_main_process else read_kept)(CONFIG_FILE)
    TRIALS = {
        name: laboratory(entry["laboratory"]["name"]).list_trials(entry["laboratory"])
        for name, entry in config["recordings"].items()
    }
except ConfigError as error:
    raise WorkflowError(str(error)) from None

RECORDINGS = config["recordings"]
TASKS = config["tasks"]
SEED = config["study"]["seed"]


def laboratory_of(recording):
    """Give the name of the laboratory that a recording comes from."""
    return RECORDINGS[recording]["laboratory"]["name"]


SUBJECTS = {name: sorted({t.subject for t in trials}) for name, trials in TRIALS.items()}
VIRTUAL = [r for r in RECORDINGS if is_simulating(laboratory_of(r))]
CONTINUOUS = [r for r in RECORDINGS if form_of(RECORDINGS[r]) == "clock"]
MEASURED = [r for r in RECORDINGS if r not in VIRTUAL]
# Those that enter the flow after inverse dynamics; all others are C3D files.
PROCESSED = [r for r in RECORDINGS if is_processed(laboratory_of(r))]
UNPROCESSED = [r for r in RECORDINGS if r not in PROCESSED]
# Those with isometric contractions against a dynamometer, to be trained on beside the movements.
CALIBRATED = [r for r in RECORDINGS if "calibration" in RECORDINGS[r]["dataset"]]
DEEP = "deep_emg"
# Whose channels are hidden in turn, and under which splits.
HIDDEN = TASKS.get(DEEP, {}).get("hidden_channels", {"recordings": {}})["recordings"]


def trials_of(wildcards):
    """List a person's trials as plain values."""
    return [asdict(t) for t in TRIALS[wildcards.recording] if t.subject == wildcards.subject]


def fitted_paths_of(wildcards):
    """Name the person's muscle geometry where a solver of muscle forces is to see its paths."""
    forces = RECORDINGS[wildcards.recording]["opensim"]["muscle_forces"]
    place = f"results/opensim/{wildcards.recording}/{wildcards.subject}/muscle_geometry.nc"
    return {"geometry": place} if forces.get("paths") == "fitted" else {}


def solver_of(wildcards):
    """List the module of a recording's solver of muscle forces, which nothing imports by name."""
    name = RECORDINGS[wildcards.recording]["opensim"]["muscle_forces"]["solver"]
    return [f"myopinn.opensim.solvers.{name}"]


def dynamic_trials(recording, subject):
    """List the names of a person's trials of the study."""
    own = [t for t in TRIALS[recording] if t.subject == subject]
    return [t.name for t in own if t.kind == "dynamic"]


def slice_of(room):
    """Give a function that looks up a recording's slice of the config for a room."""
    return lambda wildcards: RECORDINGS[wildcards.recording][room]


def files_of_the_user(wildcards):
    """Name a person's files where they lie, in laboratories that are a folder of the user's own."""
    settings = RECORDINGS[wildcards.recording]["laboratory"]
    sources = source_files(settings, wildcards.subject)
    return {"sources": sources} if sources else {}


def laboratory_to(step):
    """Give a function that names what a laboratory itself does of a step."""
    return lambda w: [f"{laboratory(laboratory_of(w.recording)).__name__}.{step}"]


def slice_for(step):
    """Give a function that looks up what one step reads, so that other steps' settings do not rerun it.

    Every step knows the coordinates that the muscles are to balance: it reports on them.
    """

    def look_up(wildcards):
        room = RECORDINGS[wildcards.recording]["opensim"]
        studied = {"coordinates": room["muscle_forces"]["coordinates"]}
        time_limit = {key: room[key] for key in ["timeout_s"] if key in room}
        return (
            time_limit | {"muscle_forces": studied} | ({step: room[step]} if step in room else {})
        )

    return look_up


# What a task's variants are compared by, and each of its questions.
ENTRIES = list_entries(config)
QUESTIONS = [key for key in ENTRIES if key[1] not in ("", CEILINGS)]
TUNINGS = [(task, "tuning") for task, entry in TASKS.items() if "tuning" in entry]
HIDINGS = [(DEEP, "hidden_channels")] * bool(HIDDEN)

# Where runs are kept if not in the study's own database.
TRACKING_SERVER = without_password(os.environ.get("MLFLOW_TRACKING_URI", ""))
# Under which trials are held out somewhere in the study.
SPLITS = {
    split
    for task in TASKS.values()
    for asked in [*task.get("questions", {}).values(), task.get("tuning", {"recordings": {}})]
    for splits in asked["recordings"].values()
    for split in splits
} | {s for task in TASKS.values() for entry in task["recordings"].values() for s in entry["splits"]}
SPLITS |= {split for entry in HIDDEN.values() for split in entry["splits"]}


def experiment_of(key):
    """Name the experiment in which the runs of a task's question are kept."""
    return " ".join(key)


def entry_of(wildcards):
    """Look up the entry of a variant."""
    return ENTRIES[wildcards.task, ""][wildcards.variant]


def ceiling_of(wildcards):
    """Look up the entry of a ceiling."""
    return ENTRIES[wildcards.task, CEILINGS][wildcards.variant]


def written_out(task, entries):
    """Give entries with those that are entries of the task as these stand there."""
    own = ENTRIES[task, ""]
    return {
        name: {"variant": values} | own[values] if isinstance(values, str) else values
        for name, values in entries.items()
    }


def entries_by_question(wildcards):
    """Give the entries of a task, under the empty name, and the levels of its questions."""
    return {
        question: written_out(task, entries)
        for (task, question), entries in ENTRIES.items()
        if task == wildcards.task and question != CEILINGS
    }


def modules_of(entries):
    """List the modules of the variants that entries mean."""
    variants = {entry.get("variant", name) for name, entry in entries.items()}
    return [variant_modules()[variant] for variant in sorted(variants)]


def variants_asked(wildcards):
    """List the modules of the variants that a task and its questions ask for."""
    asked = entries_by_question(wildcards).values()
    return sorted({module for entries in asked for module in modules_of(entries)})


def variants_fitted(wildcards):
    """List the modules of the variants that a job fits."""
    if hasattr(wildcards, "variant"):
        return modules_of({wildcards.variant: entry_of(wildcards)})
    return modules_of(fitted_entries(ENTRIES[wildcards.task, getattr(wildcards, "question", "")]))


def variant_of_ceiling(wildcards):
    """List the module of the variant that a ceiling fits."""
    return modules_of({wildcards.variant: ceiling_of(wildcards)})


def count_fits(task, entries):
    """Count the fits of each fold: jobs with more go first, lest a long one works alone at the end."""
    usual = TASKS[task]["training"]["seeds"]
    return sum(len(entry.get("training", {}).get("seeds", usual)) for entry in entries)


def growing(amount):
    """Ask for more with each attempt: a job that was killed for want of it is tried again."""
    return lambda wildcards, attempt: amount * attempt


def device_of(wildcards):
    """Ask for a GPU where the task does; fits that share a job share it."""
    asked = TASKS[wildcards.task]["training"].get("accelerator")
    return "gpu:1" if asked == "gpu" else None


def any_of(names):
    """Write a wildcard's constraint: one of these names, or none that can occur."""
    return "|".join(re.escape(n) for n in names) or "(?!)"


wildcard_constraints:
    recording=any_of(RECORDINGS),
    subject=any_of(sorted({s for subjects in SUBJECTS.values() for s in subjects})),
    task=any_of(TASKS),
    variant=any_of(sorted({name for entries in ENTRIES.values() for name in entries})),
    question=any_of(sorted({question for _, question in QUESTIONS})),
    split=any_of(sorted(SPLITS)),
