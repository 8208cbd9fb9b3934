# Needs: a person's raw C3D files.
# Makes: markers, ground forces, events and EMG envelopes of every trial.


rule convert_signals:
    input:
        recordings="data/{recording}/{subject}",
    output:
        signals=directory("results/signals/{recording}/{subject}"),
    log:
        "logs/convert_signals/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(UNPROCESSED),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        function="myopinn.steps.convert_signals.convert_signals",
        code=code_digest("myopinn.steps.convert_signals"),
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("signals"),
    script:
        "../scripts/call.py"
