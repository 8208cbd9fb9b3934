# Needs: a person's recordings that others have processed, and the model that came with them.
# Makes: what signals.smk and the first rules of opensim.smk make of C3D files, in the same places.


use rule step as take_signals with:
    input:
        recordings="data/{recording}/{subject}",
    output:
        signals=directory("results/signals/{recording}/{subject}"),
    wildcard_constraints:
        recording=any_of(PROCESSED),
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("signals"),


use rule step as take_model with:
    input:
        recordings="data/{recording}/{subject}",
    output:
        model=directory("results/opensim/{recording}/{subject}/model"),
    wildcard_constraints:
        recording=any_of(PROCESSED),
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("scaling"),


use rule step as take_joint_angles with:
    input:
        recordings="data/{recording}/{subject}",
        signals="results/signals/{recording}/{subject}",
        model="results/opensim/{recording}/{subject}/model",
    output:
        inverse_kinematics=directory("results/opensim/{recording}/{subject}/inverse_kinematics"),
    wildcard_constraints:
        recording=any_of(PROCESSED),
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("inverse_kinematics"),


use rule step as take_joint_moments with:
    input:
        recordings="data/{recording}/{subject}",
        signals="results/signals/{recording}/{subject}",
        model="results/opensim/{recording}/{subject}/model",
        inverse_kinematics="results/opensim/{recording}/{subject}/inverse_kinematics",
    output:
        inverse_dynamics=directory("results/opensim/{recording}/{subject}/inverse_dynamics"),
    wildcard_constraints:
        recording=any_of(PROCESSED),
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("inverse_dynamics"),
