# Needs: a person's markers and ground forces, and the generic model.
# Makes: the scaled model, joint angles, joint moments, muscle forces and muscle geometry.


rule scale_model:
    input:
        signals="results/signals/{recording}/{subject}",
        generic_model="data/{recording}/generic.osim",
    output:
        model=directory("results/opensim/{recording}/{subject}/model"),
    log:
        "logs/scale_model/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(UNPROCESSED),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        function="myopinn.steps.scale_model.scale_model",
        code=code_digest("myopinn.steps.scale_model"),
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("scaling"),
    script:
        "../scripts/call.py"


rule solve_inverse_kinematics:
    input:
        signals="results/signals/{recording}/{subject}",
        model="results/opensim/{recording}/{subject}/model",
    output:
        inverse_kinematics=directory("results/opensim/{recording}/{subject}/inverse_kinematics"),
    log:
        "logs/solve_inverse_kinematics/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(UNPROCESSED),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(30),
    params:
        function="myopinn.steps.solve_inverse_kinematics.solve_inverse_kinematics",
        code=code_digest("myopinn.steps.solve_inverse_kinematics"),
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("inverse_kinematics"),
    script:
        "../scripts/call.py"


rule solve_inverse_dynamics:
    input:
        signals="results/signals/{recording}/{subject}",
        model="results/opensim/{recording}/{subject}/model",
        inverse_kinematics="results/opensim/{recording}/{subject}/inverse_kinematics",
    output:
        inverse_dynamics=directory("results/opensim/{recording}/{subject}/inverse_dynamics"),
    log:
        "logs/solve_inverse_dynamics/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(UNPROCESSED),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        function="myopinn.steps.solve_inverse_dynamics.solve_inverse_dynamics",
        code=code_digest("myopinn.steps.solve_inverse_dynamics"),
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("inverse_dynamics"),
    script:
        "../scripts/call.py"


rule estimate_muscle_forces:
    input:
        unpack(fitted_paths_of),
        signals="results/signals/{recording}/{subject}",
        model="results/opensim/{recording}/{subject}/model",
        inverse_dynamics="results/opensim/{recording}/{subject}/inverse_dynamics",
    output:
        muscle_forces=directory("results/opensim/{recording}/{subject}/muscle_forces"),
    log:
        "logs/estimate_muscle_forces/{recording}/{subject}.log",
    benchmark:
        "logs/estimate_muscle_forces/{recording}/{subject}.tsv"
    priority: 500
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(60),
    params:
        function="myopinn.steps.estimate_muscle_forces.estimate_muscle_forces",
        code=lambda w: code_digest("myopinn.steps.estimate_muscle_forces", *solver_of(w)),
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("muscle_forces"),
    script:
        "../scripts/call.py"


rule measure_joint_inertia:
    input:
        model="results/opensim/{recording}/{subject}/model",
    output:
        inertia="results/opensim/{recording}/{subject}/joint_inertia.json",
        quality="results/opensim/{recording}/{subject}/joint_inertia.csv",
    log:
        "logs/measure_joint_inertia/{recording}/{subject}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        function="myopinn.steps.measure_joint_inertia.measure_joint_inertia",
        code=code_digest("myopinn.steps.measure_joint_inertia"),
        recording="{recording}",
        subject="{subject}",
        settings=lambda w: RECORDINGS[w.recording]["opensim"]["joint_inertia"],
    script:
        "../scripts/call.py"


rule fit_muscle_geometry:
    input:
        model="results/opensim/{recording}/{subject}/model",
    output:
        geometry="results/opensim/{recording}/{subject}/muscle_geometry.nc",
        quality="results/opensim/{recording}/{subject}/muscle_geometry.csv",
    log:
        "logs/fit_muscle_geometry/{recording}/{subject}.log",
    benchmark:
        "logs/fit_muscle_geometry/{recording}/{subject}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        function="myopinn.steps.fit_muscle_geometry.fit_muscle_geometry",
        code=code_digest("myopinn.steps.fit_muscle_geometry"),
        recording="{recording}",
        subject="{subject}",
        settings=lambda w: RECORDINGS[w.recording]["opensim"]["muscle_geometry"],
    script:
        "../scripts/call.py"
