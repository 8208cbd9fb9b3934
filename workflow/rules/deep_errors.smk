# Needs: predictions of deep EMG on held-out trials, and what electrodes over deep muscles would have recorded.
# Makes: their errors against recordings and truth, identified parameters against true ones, the figures of both, and where networks look.


use rule step as compute_envelope_errors with:
    input:
        predictions=lambda w: predictions_of(w) + ceilings_of(w),
        revealed=of_people_of(DEEP, "results/evaluation/{recording}/revealed/{subject}.nc", VIRTUAL),
        geometries=of_people_of(DEEP, "results/opensim/{recording}/{subject}/muscle_geometry.nc"),
    output:
        errors="results/evaluation/{task}/envelope_errors.csv",
        by_condition="results/evaluation/{task}/by_condition.csv",
    wildcard_constraints:
        task=DEEP,
    params:
        coordinates=lambda w: joints_of(w.task),
        rivals=lambda w: TASKS[w.task].get("rivals", []),
        order=order_of,
        truth_shown=lambda w: {
            n: e["truth"] for n, e in ENTRIES.get((w.task, CEILINGS), {}).items()
        },


use rule step as average_envelopes with:
    input:
        predictions=drawn_predictions_of,
        revealed=of_people_of(DEEP, "results/evaluation/{recording}/revealed/{subject}.nc", VIRTUAL),
    output:
        curves="results/evaluation/{task}/envelope_curves.csv",
    wildcard_constraints:
        task=DEEP,


use rule step as compare_parameters with:
    input:
        predictions=lambda w: [f for f in predictions_of(w) if Path(f).name in VIRTUAL],
        true_geometries=of_people_of(
            DEEP, "results/evaluation/{recording}/true_geometry/{subject}.nc", VIRTUAL
        ),
        truth=of_people_of(DEEP, "data/truth/{recording}/{subject}", VIRTUAL),
    output:
        parameters="results/evaluation/{task}/parameters.csv",
    wildcard_constraints:
        task=DEEP,


use rule compute_envelope_errors as compute_envelope_answers with:
    input:
        predictions=answers_of,
        revealed=of_people_of(DEEP, "results/evaluation/{recording}/revealed/{subject}.nc", VIRTUAL),
        geometries=of_people_of(DEEP, "results/opensim/{recording}/{subject}/muscle_geometry.nc"),
    output:
        errors="results/questions/{task}/{question}/envelope_errors.csv",
        by_condition="results/questions/{task}/{question}/by_condition.csv",
    params:
        function="myopinn.steps.compute_envelope_errors.compute_envelope_errors",
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
    params:
        function="myopinn.steps.compare_parameters.compare_parameters",


use rule step as draw_envelopes with:
    input:
        curves="results/evaluation/{task}/envelope_curves.csv",
        errors=errors_of,
    output:
        pdf="results/figures/{task}/{recording}/{split}/envelopes.pdf",
        png="results/figures/{task}/{recording}/{split}/envelopes.png",
        csv="results/figures/{task}/{recording}/{split}/envelopes.csv",
    params:
        recording="{recording}",
        split="{split}",
        variants=lambda w: list(TASKS[w.task]["variants"]),


use rule step as average_attention with:
    input:
        predictions=predictions_of,
    output:
        attention="results/statistics/{task}/attention.csv",
    wildcard_constraints:
        task=DEEP,
    params:
        settings=config["statistics"],


use rule step as draw_attention with:
    input:
        attention="results/statistics/{task}/attention.csv",
    output:
        pdf="results/figures/{task}/{recording}/{split}/attention.pdf",
        png="results/figures/{task}/{recording}/{split}/attention.png",
        csv="results/figures/{task}/{recording}/{split}/attention.csv",
    wildcard_constraints:
        task=DEEP,
    params:
        recording="{recording}",
        split="{split}",
        variants=lambda w: list(TASKS[w.task]["variants"]),


use rule step as draw_parameters with:
    input:
        parameters="results/evaluation/{task}/parameters.csv",
    output:
        pdf="results/figures/{task}/{recording}/{split}/parameters.pdf",
        png="results/figures/{task}/{recording}/{split}/parameters.png",
        csv="results/figures/{task}/{recording}/{split}/parameters.csv",
    params:
        recording="{recording}",
        split="{split}",
        variants=lambda w: list(ENTRIES[w.task, getattr(w, "question", "")]),


use rule draw_parameters as draw_parameters_of_answers with:
    input:
        parameters="results/questions/{task}/{question}/parameters.csv",
    output:
        pdf="results/figures/{task}/{question}/{recording}/{split}_parameters.pdf",
        png="results/figures/{task}/{question}/{recording}/{split}_parameters.png",
        csv="results/figures/{task}/{question}/{recording}/{split}_parameters.csv",
    params:
        function="myopinn.figures.parameters.draw_parameters",
