# Needs: datasets, predictions, errors and quality tables.
# Makes: every figure as PDF and PNG with the CSV that it draws, and the report.


use rule step as draw_quality with:
    input:
        table="results/quality/trials.csv",
        quantities="results/quality/quantities.csv",
    output:
        pdf="results/figures/{recording}/quality.pdf",
        png="results/figures/{recording}/quality.png",
        csv="results/figures/{recording}/quality.csv",
    params:
        recording="{recording}",


use rule step as draw_motion with:
    input:
        datasets=of_all_people("results/dataset/{recording}/{subject}.nc"),
    output:
        pdf="results/figures/{recording}/motion.pdf",
        png="results/figures/{recording}/motion.png",
        csv="results/figures/{recording}/motion.csv",
    params:
        recording="{recording}",


use rule step as draw_predictions with:
    input:
        predictions=predictions_on,
    output:
        pdf="results/figures/{task}/{recording}/{split}/predictions.pdf",
        png="results/figures/{task}/{recording}/{split}/predictions.png",
        csv="results/figures/{task}/{recording}/{split}/predictions.csv",
    params:
        recording="{recording}",
        split="{split}",


use rule step as draw_traces with:
    input:
        predictions=predictions_on,
    output:
        pdf="results/figures/{task}/{recording}/{split}/traces.pdf",
        png="results/figures/{task}/{recording}/{split}/traces.png",
        csv="results/figures/{task}/{recording}/{split}/traces.csv",
    params:
        recording="{recording}",
        split="{split}",
        variants=lambda w: compared_first(w.task),


use rule step as draw_errors with:
    input:
        errors=errors_of,
    output:
        pdf="results/figures/{task}/{recording}/{split}/{measure}.pdf",
        png="results/figures/{task}/{recording}/{split}/{measure}.png",
        csv="results/figures/{task}/{recording}/{split}/{measure}.csv",
    wildcard_constraints:
        measure=any_of(MEASURES),
    params:
        recording="{recording}",
        split="{split}",
        metric=lambda w: MEASURES[w.measure],


use rule step as draw_explained with:
    input:
        errors=errors_of,
        true_errors=lambda w: true_errors_of(w.task),
        findings="results/statistics/{task}/findings.csv",
    output:
        pdf="results/figures/{task}/{recording}/{split}/explained.pdf",
        png="results/figures/{task}/{recording}/{split}/explained.png",
        csv="results/figures/{task}/{recording}/{split}/explained.csv",
    params:
        recording="{recording}",
        split="{split}",


use rule step as draw_critical_difference with:
    input:
        errors=errors_of,
        findings="results/statistics/{task}/findings.csv",
    output:
        pdf="results/figures/{task}/{recording}/{split}/critical_difference.pdf",
        png="results/figures/{task}/{recording}/{split}/critical_difference.png",
        csv="results/figures/{task}/{recording}/{split}/critical_difference.csv",
    params:
        recording="{recording}",
        split="{split}",


use rule step as draw_losses with:
    input:
        losses=predictions_on,
    output:
        pdf="results/figures/{task}/{recording}/{split}/losses.pdf",
        png="results/figures/{task}/{recording}/{split}/losses.png",
        csv="results/figures/{task}/{recording}/{split}/losses.csv",
    params:
        recording="{recording}",
        split="{split}",


use rule step as write_report with:
    input:
        trials="results/quality/trials.csv",
        quantities="results/quality/quantities.csv",
        folds=sorted({f"results/dataset/{r}/folds/{s}.json" for _, r, s in CELLS}),
        errors=[errors_of_task(task) for task in TASKS],
        comparisons=expand("results/statistics/{task}/comparison.csv", task=TASKS),
        findings=expand("results/statistics/{task}/findings.csv", task=TASKS),
        runs=[
            f"results/training/{task}/{variant}/{recording}"
            for task in TASKS
            for variant in TASKS[task]["variants"]
            for recording in TASKS[task]["recordings"]
        ],
        figures=[file_of_figure(figure) for figure in FIGURES],
        true_errors=[path for task in TASKS for path in true_errors_of(task)],
        by_condition=[
            f"results/evaluation/{task}/by_condition.csv" for task in TASKS if task == DEEP
        ],
        questions=[errors_of_question(t, q) for t, q in QUESTIONS + HIDINGS],
        tuning=[file_of_search(search) for search in SEARCHES],
        power=[path for task in TASKS for path in power_of(task)],
    output:
        report="results/report.html",
    params:
        function="myopinn.figures.report.write_report",
        tasks=list(TASKS),
        drawn=FIGURES,
        asked=QUESTIONS + HIDINGS,
        searched=SEARCHES,
        config=config,
