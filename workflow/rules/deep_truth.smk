# Needs: the hidden truth of virtual people and their datasets.
# Makes: what electrodes over deep muscles would have recorded, and fits that are shown what nobody can measure.
# Beside evaluation.smk and deep_errors.smk nothing else in the workflow may open data/truth.


rule reveal_excitations:
    input:
        truth="data/truth/{recording}/{subject}",
        dataset="results/dataset/{recording}/{subject}.nc",
    output:
        revealed="results/evaluation/{recording}/revealed/{subject}.nc",
    log:
        "logs/reveal_excitations/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.reveal_excitations.reveal_excitations",
        code=code_digest("myopinn.steps.reveal_excitations"),
        trials=trials_of,
        lowpass_hz=lambda w: RECORDINGS[w.recording]["signals"]["emg"]["lowpass_hz"],
    script:
        "../scripts/call.py"


rule reveal_calibration:
    input:
        truth="data/truth/{recording}/{subject}",
        dataset="results/dataset/{recording}/{subject}.nc",
        calibration="results/dataset/{recording}/calibration/{subject}.nc",
    output:
        revealed="results/evaluation/{recording}/revealed/calibration/{subject}.nc",
    log:
        "logs/reveal_calibration/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.reveal_calibration.reveal_calibration",
        code=code_digest("myopinn.steps.reveal_calibration"),
        lowpass_hz=lambda w: RECORDINGS[w.recording]["signals"]["emg"]["lowpass_hz"],
    script:
        "../scripts/call.py"


rule reveal_model:
    input:
        truth="data/truth/{recording}/{subject}",
    output:
        model=directory("results/evaluation/{recording}/true_model/{subject}"),
    log:
        "logs/reveal_model/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.reveal_model.reveal_model",
        code=code_digest("myopinn.steps.reveal_model"),
    script:
        "../scripts/call.py"


use rule fit_muscle_geometry as fit_true_geometry with:
    input:
        model="results/evaluation/{recording}/true_model/{subject}",
    output:
        geometry="results/evaluation/{recording}/true_geometry/{subject}.nc",
        quality="results/evaluation/{recording}/true_geometry/{subject}.csv",
    log:
        "logs/fit_true_geometry/{recording}/{subject}.log",
    benchmark:
        "logs/fit_true_geometry/{recording}/{subject}.tsv"


# A ceiling sees what nobody can measure, so it is fitted here and not by training.
use rule train_variant as train_ceiling with:
    input:
        unpack(people_of_ceiling),
        folds=folds_of,
        store=ancient("results/mlflow/store.json"),
    output:
        predictions=directory("results/evaluation/{task}/ceilings/{variant}/{recording}"),
    log:
        "logs/train_ceiling/{task}/{variant}/{recording}.log",
    benchmark:
        "logs/train_ceiling/{task}/{variant}/{recording}.tsv"
    priority: lambda w: count_fits(w.task, [ceiling_of(w)])
    params:
        function="myopinn.steps.train_variant.train_variant",
        code=fit_code("myopinn.steps.train_variant", ceiling=True),
        task="{task}",
        variant="{variant}",
        recording="{recording}",
        settings=lambda w: TASKS[w.task]["training"],
        variant_settings=ceiling_of,
        selection=selection_of_ceiling,
