# Needs: datasets, muscle geometry and folds.
# Makes: the configuration with all defaults filled in, predictions on held-out trials for every
# variant, and a run in MLflow for every fit.


use rule step as write_config with:
    output:
        resolved="results/settings/config.yaml",
    params:
        config=config,


use rule step as create_store with:
    input:
        config="results/settings/config.yaml",
    output:
        store="results/mlflow/store.json",
    params:
        experiments=sorted([*TASKS, *map(experiment_of, QUESTIONS + TUNINGS + HIDINGS)]),
        server=TRACKING_SERVER,


# What every entry comes to once all defaults are in: the report says by it what entries differ in.
use rule step as resolve_entries with:
    output:
        resolved="results/settings/{task}.json",
    params:
        plugins=variants_asked,
        task="{task}",
        entries=entries_by_question,
        recordings=lambda w: TASKS[w.task]["recordings"],
        training=lambda w: TASKS[w.task]["training"],


# One process trains all splits, folds and seeds in turn: starting up costs as much as several fits.
use rule step as train_variant with:
    input:
        unpack(people_of),
        folds=folds_of,
        # Another server is no reason to fit anew.
        store=ancient("results/mlflow/store.json"),
    output:
        predictions=directory("results/training/{task}/{variant}/{recording}"),
    priority: lambda w: count_fits(w.task, [entry_of(w)])
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
        gres=device_of,
    params:
        plugins=variants_fitted,
        task="{task}",
        variant="{variant}",
        recording="{recording}",
        settings=lambda w: TASKS[w.task]["training"],
        variant_settings=entry_of,
        selection=lambda w: TASKS[w.task]["recordings"][w.recording],
