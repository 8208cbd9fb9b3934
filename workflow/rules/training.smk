# Needs: datasets, muscle geometry and folds.
# Makes: the configuration with all defaults filled in, predictions on held-out trials for every
# variant, and a run in MLflow for every fit.


rule write_config:
    output:
        resolved="results/settings/config.yaml",
    log:
        "logs/write_config.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.write_config.write_config",
        code=code_digest("myopinn.steps.write_config"),
        config=config,
    script:
        "../scripts/call.py"


rule create_store:
    input:
        config="results/settings/config.yaml",
    output:
        store="results/mlflow/store.json",
    log:
        "logs/create_store.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.create_store.create_store",
        code=code_digest("myopinn.steps.create_store"),
        experiments=sorted([*TASKS, *map(experiment_of, QUESTIONS + TUNINGS + HIDINGS)]),
        server=TRACKING_SERVER,
    script:
        "../scripts/call.py"


# What every entry comes to once all defaults are in: the report says by it what entries differ in.
rule resolve_entries:
    output:
        resolved="results/settings/{task}.json",
    log:
        "logs/resolve_entries/{task}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.resolve_entries.resolve_entries",
        code=resolving_code,
        task="{task}",
        entries=entries_by_question,
        recordings=lambda w: TASKS[w.task]["recordings"],
        training=lambda w: TASKS[w.task]["training"],
    script:
        "../scripts/call.py"


# One process trains all splits, folds and seeds in turn: starting up costs as much as several fits.
rule train_variant:
    input:
        unpack(people_of),
        folds=folds_of,
        # Another server is no reason to fit anew.
        store=ancient("results/mlflow/store.json"),
    output:
        predictions=directory("results/training/{task}/{variant}/{recording}"),
    log:
        "logs/train_variant/{task}/{variant}/{recording}.log",
    benchmark:
        "logs/train_variant/{task}/{variant}/{recording}.tsv"
    priority: lambda w: count_fits(w.task, [entry_of(w)])
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
        gres=device_of,
    params:
        function="myopinn.steps.train_variant.train_variant",
        code=fit_code("myopinn.steps.train_variant"),
        task="{task}",
        variant="{variant}",
        recording="{recording}",
        settings=lambda w: TASKS[w.task]["training"],
        variant_settings=entry_of,
        selection=lambda w: TASKS[w.task]["recordings"][w.recording],
    script:
        "../scripts/call.py"
