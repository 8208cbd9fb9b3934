# Needs: a person's signals, moments and muscle forces.
# Makes: one dataset per person, isometric contractions to train on, and per split the folds that hold trials out.


rule build_dataset:
    input:
        signals="results/signals/{recording}/{subject}",
        inverse_dynamics="results/opensim/{recording}/{subject}/inverse_dynamics",
        muscle_forces="results/opensim/{recording}/{subject}/muscle_forces",
    output:
        dataset="results/dataset/{recording}/{subject}.nc",
        quality="results/dataset/{recording}/{subject}.csv",
    log:
        "logs/build_dataset/{recording}/{subject}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        function="myopinn.steps.build_dataset.build_dataset",
        code=code_digest("myopinn.steps.build_dataset"),
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("dataset"),
    script:
        "../scripts/call.py"


rule build_calibration:
    input:
        signals="results/signals/{recording}/{subject}",
        joint_inertia="results/opensim/{recording}/{subject}/joint_inertia.json",
    output:
        calibration="results/dataset/{recording}/calibration/{subject}.nc",
        quality="results/dataset/{recording}/calibration/{subject}.csv",
    log:
        "logs/build_calibration/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(CALIBRATED),
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.build_calibration.build_calibration",
        code=code_digest("myopinn.steps.build_calibration"),
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("dataset"),
    script:
        "../scripts/call.py"


rule make_folds:
    input:
        datasets=of_all_people("results/dataset/{recording}/{subject}.nc"),
    output:
        folds="results/dataset/{recording}/folds/{split}.json",
    log:
        "logs/make_folds/{recording}/{split}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        function="myopinn.steps.make_folds.make_folds",
        code=code_digest("myopinn.steps.make_folds"),
        recording="{recording}",
        split="{split}",
        settings=config["folds"],
        seed=SEED,
    script:
        "../scripts/call.py"
