# Needs: a person's markers and ground forces, and the generic model.
# Makes: the scaled model, joint angles, joint moments, muscle forces and muscle geometry.


use rule step as scale_model with:
    input:
        signals="results/signals/{recording}/{subject}",
        generic_model="data/{recording}/generic.osim",
    output:
        model=directory("results/opensim/{recording}/{subject}/model"),
    wildcard_constraints:
        recording=any_of(UNPROCESSED),
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("scaling"),


use rule step as solve_inverse_kinematics with:
    input:
        signals="results/signals/{recording}/{subject}",
        model="results/opensim/{recording}/{subject}/model",
    output:
        inverse_kinematics=directory("results/opensim/{recording}/{subject}/inverse_kinematics"),
    wildcard_constraints:
        recording=any_of(UNPROCESSED),
    resources:
        mem_mb=growing(1500),
        runtime=growing(30),
    params:
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("inverse_kinematics"),


use rule step as solve_inverse_dynamics with:
    input:
        signals="results/signals/{recording}/{subject}",
        model="results/opensim/{recording}/{subject}/model",
        inverse_kinematics="results/opensim/{recording}/{subject}/inverse_kinematics",
    output:
        inverse_dynamics=directory("results/opensim/{recording}/{subject}/inverse_dynamics"),
    wildcard_constraints:
        recording=any_of(UNPROCESSED),
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("inverse_dynamics"),


use rule step as estimate_muscle_forces with:
    input:
        unpack(fitted_paths_of),
        signals="results/signals/{recording}/{subject}",
        model="results/opensim/{recording}/{subject}/model",
        inverse_dynamics="results/opensim/{recording}/{subject}/inverse_dynamics",
    output:
        muscle_forces=directory("results/opensim/{recording}/{subject}/muscle_forces"),
    priority: 500
    resources:
        mem_mb=growing(1500),
        runtime=growing(60),
    params:
        plugins=solver_of,
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("muscle_forces"),


use rule step as measure_joint_inertia with:
    input:
        model="results/opensim/{recording}/{subject}/model",
    output:
        inertia="results/opensim/{recording}/{subject}/joint_inertia.json",
        quality="results/opensim/{recording}/{subject}/joint_inertia.csv",
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        recording="{recording}",
        subject="{subject}",
        settings=lambda w: RECORDINGS[w.recording]["opensim"]["joint_inertia"],


use rule step as fit_muscle_geometry with:
    input:
        model="results/opensim/{recording}/{subject}/model",
    output:
        geometry="results/opensim/{recording}/{subject}/muscle_geometry.nc",
        quality="results/opensim/{recording}/{subject}/muscle_geometry.csv",
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        recording="{recording}",
        subject="{subject}",
        settings=lambda w: RECORDINGS[w.recording]["opensim"]["muscle_geometry"],
