# Needs: datasets, predictions, errors and quality tables.
# Makes: every figure as PDF and PNG with the CSV that it draws, and the report.


rule draw_quality:
    input:
        table="results/quality/trials.csv",
        quantities="results/quality/quantities.csv",
    output:
        pdf="results/figures/{recording}/quality.pdf",
        png="results/figures/{recording}/quality.png",
        csv="results/figures/{recording}/quality.csv",
    log:
        "logs/draw_quality/{recording}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.quality.draw_quality",
        code=code_digest("myopinn.figures.quality"),
        recording="{recording}",
    script:
        "../scripts/call.py"


rule draw_motion:
    input:
        datasets=of_all_people("results/dataset/{recording}/{subject}.nc"),
    output:
        pdf="results/figures/{recording}/motion.pdf",
        png="results/figures/{recording}/motion.png",
        csv="results/figures/{recording}/motion.csv",
    log:
        "logs/draw_motion/{recording}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.motion.draw_motion",
        code=code_digest("myopinn.figures.motion"),
        recording="{recording}",
    script:
        "../scripts/call.py"


rule draw_predictions:
    input:
        predictions=predictions_on,
    output:
        pdf="results/figures/{task}/{recording}/{split}/predictions.pdf",
        png="results/figures/{task}/{recording}/{split}/predictions.png",
        csv="results/figures/{task}/{recording}/{split}/predictions.csv",
    log:
        "logs/draw_predictions/{task}/{recording}/{split}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.predictions.draw_predictions",
        code=code_digest("myopinn.figures.predictions"),
        recording="{recording}",
        split="{split}",
    script:
        "../scripts/call.py"


rule draw_errors:
    input:
        errors=errors_of,
    output:
        pdf="results/figures/{task}/{recording}/{split}/{measure}.pdf",
        png="results/figures/{task}/{recording}/{split}/{measure}.png",
        csv="results/figures/{task}/{recording}/{split}/{measure}.csv",
    log:
        "logs/draw_errors/{task}/{recording}/{split}/{measure}.log",
    wildcard_constraints:
        measure=any_of(MEASURES),
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.errors.draw_errors",
        code=code_digest("myopinn.figures.errors"),
        recording="{recording}",
        split="{split}",
        metric=lambda w: MEASURES[w.measure],
    script:
        "../scripts/call.py"


rule draw_critical_difference:
    input:
        errors=errors_of,
        findings="results/statistics/{task}/findings.csv",
    output:
        pdf="results/figures/{task}/{recording}/{split}/critical_difference.pdf",
        png="results/figures/{task}/{recording}/{split}/critical_difference.png",
        csv="results/figures/{task}/{recording}/{split}/critical_difference.csv",
    log:
        "logs/draw_critical_difference/{task}/{recording}/{split}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.critical_difference.draw_critical_difference",
        code=code_digest("myopinn.figures.critical_difference"),
        recording="{recording}",
        split="{split}",
    script:
        "../scripts/call.py"


rule draw_losses:
    input:
        losses=predictions_on,
    output:
        pdf="results/figures/{task}/{recording}/{split}/losses.pdf",
        png="results/figures/{task}/{recording}/{split}/losses.png",
        csv="results/figures/{task}/{recording}/{split}/losses.csv",
    log:
        "logs/draw_losses/{task}/{recording}/{split}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.losses.draw_losses",
        code=code_digest("myopinn.figures.losses"),
        recording="{recording}",
        split="{split}",
    script:
        "../scripts/call.py"


rule write_report:
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
    output:
        report="results/report.html",
    log:
        "logs/write_report.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.report.write_report",
        # Captions and sentences stand in the modules that draw.
        code=code_digest("myopinn.figures.report", *figure_modules()),
        tasks=list(TASKS),
        drawn=FIGURES,
        asked=QUESTIONS + HIDINGS,
        searched=SEARCHES,
        config=config,
    script:
        "../scripts/call.py"
