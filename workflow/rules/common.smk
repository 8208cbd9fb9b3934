# The config, read and checked once, and what the rules ask of it.
import re
from dataclasses import asdict
from pathlib import Path

from myopinn.config import CEILINGS, check_variants, list_entries, read_config
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
# Those with isometric contractions against a dynamometer, to be trained on beside the movements.
CALIBRATED = [r for r in RECORDINGS if "calibration" in RECORDINGS[r]["dataset"]]
DEEP = "deep_emg"


def trials_of(wildcards):
    """List a person's trials as plain values."""
    return [asdict(t) for t in TRIALS[wildcards.recording] if t.subject == wildcards.subject]


def dynamic_trials(recording, subject):
    """List the names of a person's trials of the study."""
    own = [t for t in TRIALS[recording] if t.subject == subject]
    return [t.name for t in own if t.kind == "dynamic"]


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


# What a task's variants are compared by, and each of its questions.
ENTRIES = list_entries(config)
QUESTIONS = [key for key in ENTRIES if key[1] not in ("", CEILINGS)]
TUNINGS = [(task, "tuning") for task, entry in TASKS.items() if "tuning" in entry]


def experiment_of(key):
    """Name the experiment in which the runs of a task's question are kept."""
    return " ".join(key)


def entry_of(wildcards):
    """Look up the entry of a variant, among those of a question where there is one."""
    entries = ENTRIES[wildcards.task, getattr(wildcards, "question", "")]
    return entries[wildcards.variant]


def ceiling_of(wildcards):
    """Look up the entry of a ceiling."""
    return ENTRIES[wildcards.task, CEILINGS][wildcards.variant]


def fit_code(module, entry=entry_of):
    """Give a function that digests a module of training and the variant that it fits."""

    def digest(wildcards):
        variant = entry(wildcards).get("variant", wildcards.variant)
        return code_digest(module, f"myopinn.variants.{variant}")

    return digest


def any_of(names):
    """Write a wildcard's constraint: one of these names, or none that can occur."""
    return "|".join(re.escape(n) for n in names) or "(?!)"


wildcard_constraints:
    recording=any_of(RECORDINGS),
    subject=any_of(sorted({s for subjects in SUBJECTS.values() for s in subjects})),
    task=any_of(TASKS),
    variant=any_of(sorted({name for entries in ENTRIES.values() for name in entries})),
    question=any_of(sorted({question for _, question in QUESTIONS})),
    split="[a-z_]+",
