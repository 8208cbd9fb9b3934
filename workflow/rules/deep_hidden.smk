# Needs: what training needs, and nothing of any truth: each hidden channel was recorded.
# Makes: answers of fits from which one measured channel each was hidden, held against its own recording.


# One process hides all channels in turn: starting up costs as much as several fits.
rule hide_channels:
    input:
        unpack(people_of),
        folds=folds_of_hidden,
        store=ancient("results/mlflow/store.json"),
    output:
        predictions=directory("results/questions/{task}/hidden_channels/{recording}"),
    log:
        "logs/hide_channels/{task}/{recording}.log",
    benchmark:
        "logs/hide_channels/{task}/{recording}.tsv"
    wildcard_constraints:
        task=DEEP,
    priority: lambda w: count_fits(w.task, each_entry_without_channel(w))
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
        gres=device_of,
    params:
        function="myopinn.steps.hide_channels.hide_channels",
        code=fit_code("myopinn.steps.hide_channels"),
        task="{task}",
        variants=entries_without_channels,
        recording="{recording}",
        settings=lambda w: TASKS[w.task]["training"],
        selection=lambda w: TASKS[w.task]["recordings"][w.recording],
        experiment=lambda w: experiment_of((w.task, "hidden_channels")),
    script:
        "../scripts/call.py"


rule compute_hidden_errors:
    input:
        predictions=hidden_predictions(),
        geometries=of_people_of(DEEP, "results/opensim/{recording}/{subject}/muscle_geometry.nc"),
    output:
        errors="results/questions/{task}/hidden_channels/envelope_errors.csv",
        by_condition="results/questions/{task}/hidden_channels/by_condition.csv",
    log:
        "logs/compute_hidden_errors/{task}.log",
    wildcard_constraints:
        task=DEEP,
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.compute_hidden_errors.compute_hidden_errors",
        code=code_digest("myopinn.steps.compute_hidden_errors"),
        coordinates=lambda w: joints_of(w.task),
        muscles=muscles_under(),
        rivals=lambda w: TASKS[w.task].get("rivals", []),
        order=lambda w: list(TASKS[w.task]["variants"]),
    script:
        "../scripts/call.py"


rule average_hidden:
    input:
        predictions=hidden_predictions(),
    output:
        curves="results/questions/{task}/hidden_channels/envelope_curves.csv",
    log:
        "logs/average_hidden/{task}.log",
    wildcard_constraints:
        task=DEEP,
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.average_hidden.average_hidden",
        code=code_digest("myopinn.steps.average_hidden"),
        muscles=muscles_under(),
    script:
        "../scripts/call.py"


rule draw_hidden_channels:
    input:
        errors="results/questions/{task}/hidden_channels/envelope_errors.csv",
    output:
        pdf="results/figures/{task}/hidden_channels/{recording}/{split}.pdf",
        png="results/figures/{task}/hidden_channels/{recording}/{split}.png",
        csv="results/figures/{task}/hidden_channels/{recording}/{split}.csv",
    log:
        "logs/draw_hidden_channels/{task}/{recording}/{split}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.hidden_channels.draw_hidden_channels",
        code=code_digest("myopinn.figures.hidden_channels"),
        recording="{recording}",
        split="{split}",
    script:
        "../scripts/call.py"


use rule draw_envelopes as draw_hidden_envelopes with:
    input:
        curves="results/questions/{task}/hidden_channels/envelope_curves.csv",
        errors="results/questions/{task}/hidden_channels/envelope_errors.csv",
    output:
        pdf="results/figures/{task}/hidden_channels/{recording}/{split}_envelopes.pdf",
        png="results/figures/{task}/hidden_channels/{recording}/{split}_envelopes.png",
        csv="results/figures/{task}/hidden_channels/{recording}/{split}_envelopes.csv",
    log:
        "logs/draw_hidden_envelopes/{task}/{recording}/{split}.log",
