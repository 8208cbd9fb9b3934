# Needs: datasets, muscle geometry and folds of people set aside, in a study of their own.
# Makes: per variant every setting that was tried, and the best as an entry for a config.


use rule step as tune_variant with:
    input:
        unpack(people_of),
        folds="results/dataset/{recording}/folds/{split}.json",
        store=ancient("results/mlflow/store.json"),
    output:
        record="results/tuning/{task}/{recording}/{split}/{variant}.csv",
        chosen="results/tuning/{task}/{recording}/{split}/{variant}.yaml",
    resources:
        mem_mb=growing(2000),
        runtime=growing(240),
        gres=device_of,
    params:
        plugins=variants_fitted,
        task="{task}",
        variant="{variant}",
        recording="{recording}",
        split="{split}",
        settings=lambda w: TASKS[w.task]["training"],
        variant_settings=entry_of,
        selection=lambda w: TASKS[w.task]["recordings"][w.recording],
        trials=lambda w: TASKS[w.task]["tuning"]["trials"],
        seed=SEED,
        experiment=lambda w: experiment_of((w.task, "tuning")),
