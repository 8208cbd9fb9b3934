# Needs: a person's signals, joint angles, moments and muscle forces.
# Makes: one dataset per person, isometric contractions to train on, and per split the folds that hold trials out.


use rule step as build_dataset with:
    input:
        signals="results/signals/{recording}/{subject}",
        inverse_kinematics="results/opensim/{recording}/{subject}/inverse_kinematics",
        inverse_dynamics="results/opensim/{recording}/{subject}/inverse_dynamics",
        muscle_forces="results/opensim/{recording}/{subject}/muscle_forces",
    output:
        dataset="results/dataset/{recording}/{subject}.nc",
        quality="results/dataset/{recording}/{subject}.csv",
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("dataset"),


use rule step as build_calibration with:
    input:
        signals="results/signals/{recording}/{subject}",
        joint_inertia="results/opensim/{recording}/{subject}/joint_inertia.json",
    output:
        calibration="results/dataset/{recording}/calibration/{subject}.nc",
        quality="results/dataset/{recording}/calibration/{subject}.csv",
    wildcard_constraints:
        recording=any_of(CALIBRATED),
    params:
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("dataset"),


use rule step as make_folds with:
    input:
        datasets=of_all_people("results/dataset/{recording}/{subject}.nc"),
    output:
        folds="results/dataset/{recording}/folds/{split}.json",
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        recording="{recording}",
        split="{split}",
        settings=config["folds"],
        seed=SEED,
