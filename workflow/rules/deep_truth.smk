# Needs: the hidden truth of virtual people and their datasets.
# Makes: what electrodes over deep muscles would have recorded, and fits that are shown what nobody can measure.
# Beside evaluation.smk and deep_errors.smk nothing else in the workflow may open data/truth.


use rule step as reveal_excitations with:
    input:
        truth="data/truth/{recording}/{subject}",
        dataset="results/dataset/{recording}/{subject}.nc",
    output:
        revealed="results/evaluation/{recording}/revealed/{subject}.nc",
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    params:
        trials=trials_of,
        lowpass_hz=lambda w: RECORDINGS[w.recording]["signals"]["emg"]["lowpass_hz"],


use rule step as reveal_calibration with:
    input:
        truth="data/truth/{recording}/{subject}",
        dataset="results/dataset/{recording}/{subject}.nc",
        calibration="results/dataset/{recording}/calibration/{subject}.nc",
    output:
        revealed="results/evaluation/{recording}/revealed/calibration/{subject}.nc",
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    params:
        lowpass_hz=lambda w: RECORDINGS[w.recording]["signals"]["emg"]["lowpass_hz"],


use rule step as reveal_model with:
    input:
        truth="data/truth/{recording}/{subject}",
    output:
        model=directory("results/evaluation/{recording}/true_model/{subject}"),
    wildcard_constraints:
        recording=any_of(VIRTUAL),


use rule fit_muscle_geometry as fit_true_geometry with:
    input:
        model="results/evaluation/{recording}/true_model/{subject}",
    output:
        geometry="results/evaluation/{recording}/true_geometry/{subject}.nc",
        quality="results/evaluation/{recording}/true_geometry/{subject}.csv",
    params:
        function="myopinn.steps.fit_muscle_geometry.fit_muscle_geometry",


# A ceiling sees what nobody can measure, so it is fitted here and not by training.
use rule train_variant as train_ceiling with:
    input:
        unpack(people_of_ceiling),
        folds=folds_of,
        store=ancient("results/mlflow/store.json"),
    output:
        predictions=directory("results/evaluation/{task}/ceilings/{variant}/{recording}"),
    priority: lambda w: count_fits(w.task, [ceiling_of(w)])
    params:
        function="myopinn.steps.train_variant.train_variant",
        plugins=variant_of_ceiling,
        task="{task}",
        variant="{variant}",
        recording="{recording}",
        settings=lambda w: TASKS[w.task]["training"],
        variant_settings=ceiling_of,
        selection=selection_of_ceiling,
