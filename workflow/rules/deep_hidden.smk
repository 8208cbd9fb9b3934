# Needs: what training needs, and nothing of any truth: each hidden channel was recorded.
# Makes: answers of fits from which one measured channel each was hidden, held against its own recording.


# One process hides all channels in turn: starting up costs as much as several fits.
use rule step as hide_channels with:
    input:
        unpack(people_of),
        folds=folds_of_hidden,
        store=ancient("results/mlflow/store.json"),
    output:
        predictions=directory("results/questions/{task}/hidden_channels/{recording}"),
    wildcard_constraints:
        task=DEEP,
    priority: lambda w: count_fits(w.task, each_entry_without_channel(w))
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
        gres=device_of,
    params:
        plugins=variants_fitted,
        task="{task}",
        variants=entries_without_channels,
        recording="{recording}",
        settings=lambda w: TASKS[w.task]["training"],
        selection=lambda w: TASKS[w.task]["recordings"][w.recording],
        experiment=lambda w: experiment_of((w.task, "hidden_channels")),


use rule step as compute_hidden_errors with:
    input:
        predictions=hidden_predictions(),
        geometries=of_people_of(DEEP, "results/opensim/{recording}/{subject}/muscle_geometry.nc"),
    output:
        errors="results/questions/{task}/hidden_channels/envelope_errors.csv",
        by_condition="results/questions/{task}/hidden_channels/by_condition.csv",
    wildcard_constraints:
        task=DEEP,
    params:
        coordinates=lambda w: joints_of(w.task),
        muscles=muscles_under(),
        rivals=lambda w: TASKS[w.task].get("rivals", []),
        order=lambda w: list(TASKS[w.task]["variants"]),


use rule step as average_hidden with:
    input:
        predictions=hidden_predictions(),
    output:
        curves="results/questions/{task}/hidden_channels/envelope_curves.csv",
    wildcard_constraints:
        task=DEEP,
    params:
        muscles=muscles_under(),


use rule step as draw_hidden_channels with:
    input:
        errors="results/questions/{task}/hidden_channels/envelope_errors.csv",
    output:
        pdf="results/figures/{task}/hidden_channels/{recording}/{split}.pdf",
        png="results/figures/{task}/hidden_channels/{recording}/{split}.png",
        csv="results/figures/{task}/hidden_channels/{recording}/{split}.csv",
    params:
        recording="{recording}",
        split="{split}",


use rule draw_envelopes as draw_hidden_envelopes with:
    input:
        curves="results/questions/{task}/hidden_channels/envelope_curves.csv",
        errors="results/questions/{task}/hidden_channels/envelope_errors.csv",
    output:
        pdf="results/figures/{task}/hidden_channels/{recording}/{split}_envelopes.pdf",
        png="results/figures/{task}/hidden_channels/{recording}/{split}_envelopes.png",
        csv="results/figures/{task}/hidden_channels/{recording}/{split}_envelopes.csv",
    params:
        function="myopinn.figures.envelopes.draw_envelopes",
