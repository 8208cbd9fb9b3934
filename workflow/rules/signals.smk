# Needs: a person's raw C3D files.
# Makes: markers, ground forces, events and EMG envelopes of every trial.


use rule step as convert_signals with:
    input:
        recordings="data/{recording}/{subject}",
    output:
        signals=directory("results/signals/{recording}/{subject}"),
    wildcard_constraints:
        recording=any_of(UNPROCESSED),
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        trials=trials_of,
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("signals"),
