# What the rules of deep EMG list as their inputs, with what is made of the truth of virtual people.


def people_of_ceiling(wildcards):
    """List what a ceiling reads of every person, with what it is shown of the truth in its place."""
    files = people_of(wildcards)
    room = f"results/evaluation/{wildcards.recording}"
    people = SUBJECTS[wildcards.recording]
    if ceiling_of(wildcards)["truth"] == "parameters":
        return files | {"geometries": [f"{room}/true_geometry/{p}.nc" for p in people]}
    shown = {"datasets": [f"{room}/revealed/{p}.nc" for p in people]}
    if "calibrations" in files:
        shown["calibrations"] = [f"{room}/revealed/calibration/{p}.nc" for p in people]
    return files | shown


def selection_of_ceiling(wildcards):
    """Give a task's selection with the channels of deep muscles where a ceiling is shown them."""
    selection = TASKS[wildcards.task]["recordings"][wildcards.recording]
    if ceiling_of(wildcards)["truth"] == "parameters":
        return selection
    over = [selection.get("electrodes", {}).get(m, m) for m in selection["muscles"]]
    return selection | {"channels": list(dict.fromkeys([*selection["channels"], *over]))}


def joints_of(task):
    """Name the joint whose moment is balanced in each recording of a task."""
    recordings = TASKS[task]["recordings"]
    return {name: entry["physics"]["coordinate"] for name, entry in recordings.items()}


def ceilings_of(wildcards):
    """List the folders of predictions of a task's ceilings, which only virtual people have."""
    return [
        f"results/evaluation/{wildcards.task}/ceilings/{variant}/{recording}"
        for variant in ENTRIES.get((wildcards.task, CEILINGS), ())
        for recording in TASKS[wildcards.task]["recordings"]
        if recording in VIRTUAL
    ]


def drawn_predictions_of(wildcards):
    """List the folders of predictions of a task's variants that its figures of envelopes draw."""
    task = TASKS[wildcards.task]
    return [
        f"results/training/{wildcards.task}/{variant}/{recording}"
        for variant in task.get("drawn", task["variants"])
        for recording in task["recordings"]
    ]


def order_of(wildcards):
    """Give the order in which a task's variants, then its ceilings, are shown."""
    return [*TASKS[wildcards.task]["variants"], *ENTRIES.get((wildcards.task, CEILINGS), ())]


def of_people_of(task, pattern, recordings=None):
    """List files of this pattern for the people of a task's recordings, or of those among them."""
    return [
        pattern.format(recording=recording, subject=subject)
        for recording in TASKS.get(task, {"recordings": ()})["recordings"]
        if recordings is None or recording in recordings
        for subject in SUBJECTS[recording]
    ]


def folds_of_hidden(wildcards):
    """List the folds of each split under which channels of a recording are hidden."""
    splits = HIDDEN[wildcards.recording]["splits"]
    return [f"results/dataset/{wildcards.recording}/folds/{split}.json" for split in splits]


def entries_without_channels(wildcards):
    """Give for each channel that is hidden the entries that it is hidden from, without it."""
    task = TASKS[wildcards.task]
    asked, channels = task["hidden_channels"], task["recordings"][wildcards.recording]["channels"]
    entries = {
        name: {"channels": channels}
        | entry
        | {"training": {**entry.get("training", {}), **asked.get("training", {})}}
        for name, entry in ENTRIES[wildcards.task, ""].items()
        if name in asked.get("variants", ENTRIES[wildcards.task, ""])
    }
    return {
        hidden: {
            name: entry | {"channels": [c for c in entry["channels"] if c != hidden]}
            for name, entry in entries.items()
        }
        for hidden in HIDDEN[wildcards.recording]["channels"]
    }


def each_entry_without_channel(wildcards):
    """List the same entries, of one channel after the other."""
    return [e for own in entries_without_channels(wildcards).values() for e in own.values()]


def hidden_predictions():
    """List the folders of predictions of every recording whose channels are hidden."""
    return [f"results/questions/{DEEP}/hidden_channels/{recording}" for recording in HIDDEN]


def muscles_under():
    """Give of each recording the muscles that each hidden channel lies over."""
    found = {}
    for recording, entry in HIDDEN.items():
        selection = TASKS[DEEP]["recordings"][recording]
        over = {m: selection.get("electrodes", {}).get(m, m) for m in selection["muscles"]}
        found[recording] = {
            c: [m for m, seen in over.items() if seen == c] for c in entry["channels"]
        }
    return found
