# Needs: a person's recordings that others have processed, and the model that came with them.
# Makes: what signals.smk and the first rules of opensim.smk make of C3D files, in the same places.


rule take_signals:
    input:
        recordings="data/{recording}/{subject}",
    output:
        signals=directory("results/signals/{recording}/{subject}"),
    log:
        "logs/take_signals/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(PROCESSED),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        function="myopinn.steps.take_signals.take_signals",
        code=code_digest("myopinn.steps.take_signals"),
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("signals"),
    script:
        "../scripts/call.py"


rule take_model:
    input:
        recordings="data/{recording}/{subject}",
    output:
        model=directory("results/opensim/{recording}/{subject}/model"),
    log:
        "logs/take_model/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(PROCESSED),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        function="myopinn.steps.take_model.take_model",
        code=code_digest("myopinn.steps.take_model"),
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("scaling"),
    script:
        "../scripts/call.py"


rule take_joint_angles:
    input:
        recordings="data/{recording}/{subject}",
        signals="results/signals/{recording}/{subject}",
        model="results/opensim/{recording}/{subject}/model",
    output:
        inverse_kinematics=directory("results/opensim/{recording}/{subject}/inverse_kinematics"),
    log:
        "logs/take_joint_angles/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(PROCESSED),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        function="myopinn.steps.take_joint_angles.take_joint_angles",
        code=code_digest("myopinn.steps.take_joint_angles"),
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("inverse_kinematics"),
    script:
        "../scripts/call.py"


rule take_joint_moments:
    input:
        recordings="data/{recording}/{subject}",
        signals="results/signals/{recording}/{subject}",
        model="results/opensim/{recording}/{subject}/model",
        inverse_kinematics="results/opensim/{recording}/{subject}/inverse_kinematics",
    output:
        inverse_dynamics=directory("results/opensim/{recording}/{subject}/inverse_dynamics"),
    log:
        "logs/take_joint_moments/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(PROCESSED),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        function="myopinn.steps.take_joint_moments.take_joint_moments",
        code=code_digest("myopinn.steps.take_joint_moments"),
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_for("inverse_dynamics"),
    script:
        "../scripts/call.py"
