# Needs: predictions of deep EMG on held-out trials, and what electrodes over deep muscles would have recorded.
# Makes: their errors against recordings and truth, identified parameters against true ones, the figures of both, and where networks look.


rule compute_envelope_errors:
    input:
        predictions=lambda w: predictions_of(w) + ceilings_of(w),
        revealed=of_people_of(DEEP, "results/evaluation/{recording}/revealed/{subject}.nc", VIRTUAL),
        geometries=of_people_of(DEEP, "results/opensim/{recording}/{subject}/muscle_geometry.nc"),
    output:
        errors="results/evaluation/{task}/envelope_errors.csv",
        by_condition="results/evaluation/{task}/by_condition.csv",
    log:
        "logs/compute_envelope_errors/{task}.log",
    wildcard_constraints:
        task=DEEP,
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.compute_envelope_errors.compute_envelope_errors",
        code=code_digest("myopinn.steps.compute_envelope_errors"),
        coordinates=lambda w: joints_of(w.task),
        rivals=lambda w: TASKS[w.task].get("rivals", []),
        order=order_of,
        truth_shown=lambda w: {
            n: e["truth"] for n, e in ENTRIES.get((w.task, CEILINGS), {}).items()
        },
    script:
        "../scripts/call.py"


rule average_envelopes:
    input:
        predictions=drawn_predictions_of,
        revealed=of_people_of(DEEP, "results/evaluation/{recording}/revealed/{subject}.nc", VIRTUAL),
    output:
        curves="results/evaluation/{task}/envelope_curves.csv",
    log:
        "logs/average_envelopes/{task}.log",
    wildcard_constraints:
        task=DEEP,
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.average_envelopes.average_envelopes",
        code=code_digest("myopinn.steps.average_envelopes"),
    script:
        "../scripts/call.py"


rule compare_parameters:
    input:
        predictions=lambda w: [f for f in predictions_of(w) if Path(f).name in VIRTUAL],
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
        function="myopinn.steps.compare_parameters.compare_parameters",
        code=code_digest("myopinn.steps.compare_parameters"),
    script:
        "../scripts/call.py"


use rule compute_envelope_errors as compute_envelope_answers with:
    input:
        predictions=answers_of,
        revealed=of_people_of(DEEP, "results/evaluation/{recording}/revealed/{subject}.nc", VIRTUAL),
        geometries=of_people_of(DEEP, "results/opensim/{recording}/{subject}/muscle_geometry.nc"),
    output:
        errors="results/questions/{task}/{question}/envelope_errors.csv",
        by_condition="results/questions/{task}/{question}/by_condition.csv",
    log:
        "logs/compute_envelope_answers/{task}/{question}.log",
    params:
        function="myopinn.steps.compute_envelope_errors.compute_envelope_errors",
        code=code_digest("myopinn.steps.compute_envelope_errors"),
        coordinates=lambda w: joints_of(w.task),
        # The rivals of the task are no levels of a question.
        rivals=[],
        order=lambda w: list(ENTRIES[w.task, w.question]),


use rule compare_parameters as compare_parameters_of_answers with:
    input:
        predictions=lambda w: [f for f in answers_of(w) if Path(f).name in VIRTUAL],
        true_geometries=of_people_of(
            DEEP, "results/evaluation/{recording}/true_geometry/{subject}.nc", VIRTUAL
        ),
        truth=of_people_of(DEEP, "data/truth/{recording}/{subject}", VIRTUAL),
    output:
        parameters="results/questions/{task}/{question}/parameters.csv",
    log:
        "logs/compare_parameters_of_answers/{task}/{question}.log",


rule draw_envelopes:
    input:
        curves="results/evaluation/{task}/envelope_curves.csv",
        errors=errors_of,
    output:
        pdf="results/figures/{task}/{recording}/{split}/envelopes.pdf",
        png="results/figures/{task}/{recording}/{split}/envelopes.png",
        csv="results/figures/{task}/{recording}/{split}/envelopes.csv",
    log:
        "logs/draw_envelopes/{task}/{recording}/{split}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.envelopes.draw_envelopes",
        code=code_digest("myopinn.figures.envelopes"),
        recording="{recording}",
        split="{split}",
        variants=lambda w: list(TASKS[w.task]["variants"]),
    script:
        "../scripts/call.py"


rule average_attention:
    input:
        predictions=predictions_of,
    output:
        attention="results/statistics/{task}/attention.csv",
    log:
        "logs/average_attention/{task}.log",
    wildcard_constraints:
        task=DEEP,
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.average_attention.average_attention",
        code=code_digest("myopinn.steps.average_attention"),
        settings=config["statistics"],
    script:
        "../scripts/call.py"


rule draw_attention:
    input:
        attention="results/statistics/{task}/attention.csv",
    output:
        pdf="results/figures/{task}/{recording}/{split}/attention.pdf",
        png="results/figures/{task}/{recording}/{split}/attention.png",
        csv="results/figures/{task}/{recording}/{split}/attention.csv",
    log:
        "logs/draw_attention/{task}/{recording}/{split}.log",
    wildcard_constraints:
        task=DEEP,
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.attention.draw_attention",
        code=code_digest("myopinn.figures.attention"),
        recording="{recording}",
        split="{split}",
        variants=lambda w: list(TASKS[w.task]["variants"]),
    script:
        "../scripts/call.py"


rule draw_parameters:
    input:
        parameters="results/evaluation/{task}/parameters.csv",
    output:
        pdf="results/figures/{task}/{recording}/{split}/parameters.pdf",
        png="results/figures/{task}/{recording}/{split}/parameters.png",
        csv="results/figures/{task}/{recording}/{split}/parameters.csv",
    log:
        "logs/draw_parameters/{task}/{recording}/{split}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.parameters.draw_parameters",
        code=code_digest("myopinn.figures.parameters"),
        recording="{recording}",
        split="{split}",
        variants=lambda w: list(ENTRIES[w.task, getattr(w, "question", "")]),
    script:
        "../scripts/call.py"


use rule draw_parameters as draw_parameters_of_answers with:
    input:
        parameters="results/questions/{task}/{question}/parameters.csv",
    output:
        pdf="results/figures/{task}/{question}/{recording}/{split}_parameters.pdf",
        png="results/figures/{task}/{question}/{recording}/{split}_parameters.png",
        csv="results/figures/{task}/{question}/{recording}/{split}_parameters.csv",
    log:
        "logs/draw_parameters_of_answers/{task}/{question}/{recording}/{split}.log",
