# Needs: what training needs, and what the task's entries predicted that are levels of a question.
# Makes: the answers of a question's variants on held-out trials, their errors and a figure.


rule answer_question:
    input:
        unpack(people_of),
        folds=folds_of,
        store=ancient("results/mlflow/store.json"),
    output:
        predictions=directory("results/questions/{task}/{question}/{recording}"),
    log:
        "logs/answer_question/{task}/{question}/{recording}.log",
    benchmark:
        "logs/answer_question/{task}/{question}/{recording}.tsv"
    priority: lambda w: count_fits(w.task, fitted_entries(ENTRIES[w.task, w.question]).values())
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
        gres=device_of,
    params:
        function="myopinn.steps.answer_question.answer_question",
        code=fit_code("myopinn.steps.answer_question"),
        task="{task}",
        variants=lambda w: fitted_entries(ENTRIES[w.task, w.question]),
        recording="{recording}",
        settings=lambda w: TASKS[w.task]["training"],
        selection=lambda w: TASKS[w.task]["recordings"][w.recording],
        experiment=lambda w: experiment_of((w.task, w.question)),
    script:
        "../scripts/call.py"


# Apart from the fits, which neither wait for the task's entries nor are made again with them.
rule take_entries:
    input:
        fitted=entries_taken,
    output:
        predictions=directory(f"results/questions/{{task}}/{{question}}/{TAKEN}/{{recording}}"),
    log:
        "logs/take_entries/{task}/{question}/{recording}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.take_entries.take_entries",
        code=code_digest("myopinn.steps.take_entries"),
        levels=lambda w: taken_entries(ENTRIES[w.task, w.question]),
        recording="{recording}",
        splits=lambda w: TASKS[w.task]["questions"][w.question]["recordings"][w.recording],
    script:
        "../scripts/call.py"


use rule compute_errors as compute_answers with:
    input:
        predictions=answers_of,
    output:
        errors="results/questions/{task}/{question}/errors.csv",
    log:
        "logs/compute_answers/{task}/{question}.log",
    params:
        function="myopinn.steps.compute_errors.compute_errors",
        code=code_digest("myopinn.steps.compute_errors"),
        # The rival of the task is no level of a question.
        rival=None,
        order=lambda w: list(ENTRIES[w.task, w.question]),


rule draw_question:
    input:
        errors=lambda w: errors_of_question(w.task, w.question),
        findings="results/statistics/{task}/findings.csv",
    output:
        pdf="results/figures/{task}/{question}/{recording}/{split}.pdf",
        png="results/figures/{task}/{question}/{recording}/{split}.png",
        csv="results/figures/{task}/{question}/{recording}/{split}.csv",
    log:
        "logs/draw_question/{task}/{question}/{recording}/{split}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.question.draw_question",
        code=code_digest("myopinn.figures.question"),
        question="{question}",
        recording="{recording}",
        split="{split}",
    script:
        "../scripts/call.py"
