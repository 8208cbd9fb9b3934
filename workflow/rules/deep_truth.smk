# Needs: the hidden truth of virtual people, their datasets, and predictions of deep EMG on held-out trials.
# Makes: what electrodes over deep muscles would have recorded, ceilings that are shown it, and errors against it.
# Beside evaluation.smk nothing else in the workflow may open data/truth.


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
        function="myopinn.evaluation.reveal.reveal_excitations",
        code=code_digest("myopinn.evaluation.reveal"),
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
        function="myopinn.evaluation.reveal.reveal_calibration",
        code=code_digest("myopinn.evaluation.reveal"),
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
        function="myopinn.evaluation.reveal.reveal_model",
        code=code_digest("myopinn.evaluation.reveal"),
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
        folds="results/dataset/{recording}/folds/{split}.json",
        store="results/mlflow/store.json",
    output:
        predictions=directory("results/evaluation/{task}/ceilings/{variant}/{recording}/{split}"),
    log:
        "logs/train_ceiling/{task}/{variant}/{recording}/{split}.log",
    benchmark:
        "logs/train_ceiling/{task}/{variant}/{recording}/{split}.tsv"
    params:
        function="myopinn.training.fit.train_variant",
        code=fit_code("myopinn.training.fit", ceiling_of),
        task="{task}",
        variant="{variant}",
        recording="{recording}",
        split="{split}",
        settings=lambda w: TASKS[w.task]["training"],
        variant_settings=ceiling_of,
        selection=selection_of_ceiling,


rule compute_envelope_errors:
    input:
        predictions=lambda w: predictions_of(w) + ceilings_of(w),
        revealed=of_people_of(DEEP, "results/evaluation/{recording}/revealed/{subject}.nc", VIRTUAL),
        geometries=of_people_of(DEEP, "results/opensim/{recording}/{subject}/muscle_geometry.nc"),
    output:
        errors="results/evaluation/{task}/errors.csv",
        by_condition="results/evaluation/{task}/by_condition.csv",
    log:
        "logs/compute_envelope_errors/{task}.log",
    wildcard_constraints:
        task=DEEP,
    conda:
        "../../environment.yml"
    params:
        function="myopinn.evaluation.envelope_errors.compute_envelope_errors",
        code=code_digest("myopinn.evaluation.envelope_errors"),
        task="{task}",
        coordinates=lambda w: joints_of(w.task),
        rivals=lambda w: TASKS[w.task].get("rivals", []),
        truth_shown=lambda w: {
            n: e["truth"] for n, e in ENTRIES.get((w.task, CEILINGS), {}).items()
        },
    script:
        "../scripts/call.py"


rule compare_parameters:
    input:
        predictions=lambda w: [f for f in predictions_of(w) if Path(f).parent.name in VIRTUAL],
        true_geometries=of_people_of(
            DEEP, "results/evaluation/{recording}/true_geometry/{subject}.nc", VIRTUAL
        ),
        truth=of_people_of(DEEP, "data/truth/{recording}/{subject}", VIRTUAL),
    output:
        parameters="results/evaluation/{task}/parameters.csv",
    log:
        "logs/compare_parameters/{task}.log",
    wildcard_constraints:
        task=DEEP,
    conda:
        "../../environment.yml"
    params:
        function="myopinn.evaluation.parameters.compare_parameters",
        code=code_digest("myopinn.evaluation.parameters"),
        task="{task}",
    script:
        "../scripts/call.py"


use rule compute_envelope_errors as compute_envelope_answers with:
    input:
        predictions=answers_of,
        revealed=of_people_of(DEEP, "results/evaluation/{recording}/revealed/{subject}.nc", VIRTUAL),
        geometries=of_people_of(DEEP, "results/opensim/{recording}/{subject}/muscle_geometry.nc"),
    output:
        errors="results/questions/{task}/{question}/errors.csv",
        by_condition="results/questions/{task}/{question}/by_condition.csv",
    log:
        "logs/compute_envelope_answers/{task}/{question}.log",
    params:
        function="myopinn.evaluation.envelope_errors.compute_envelope_errors",
        code=code_digest("myopinn.evaluation.envelope_errors"),
        task="{task}",
        coordinates=lambda w: joints_of(w.task),
        # The rivals of the task are no levels of a question.
        rivals=[],


use rule compare_parameters as compare_parameters_of_answers with:
    input:
        predictions=lambda w: [f for f in answers_of(w) if Path(f).parent.name in VIRTUAL],
        true_geometries=of_people_of(
            DEEP, "results/evaluation/{recording}/true_geometry/{subject}.nc", VIRTUAL
        ),
        truth=of_people_of(DEEP, "data/truth/{recording}/{subject}", VIRTUAL),
    output:
        parameters="results/questions/{task}/{question}/parameters.csv",
    log:
        "logs/compare_parameters_of_answers/{task}/{question}.log",
