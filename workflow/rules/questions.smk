# Needs: what training needs, and what the task's entries predicted that are levels of a question.
# Makes: the answers of a question's variants on held-out trials, their errors and a figure.


use rule step as answer_question with:
    input:
        unpack(people_of),
        folds=folds_of,
        store=ancient("results/mlflow/store.json"),
    output:
        predictions=directory("results/questions/{task}/{question}/{recording}"),
    priority: lambda w: count_fits(w.task, fitted_entries(ENTRIES[w.task, w.question]).values())
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
        gres=device_of,
    params:
        plugins=variants_fitted,
        task="{task}",
        variants=lambda w: fitted_entries(ENTRIES[w.task, w.question]),
        recording="{recording}",
        settings=lambda w: TASKS[w.task]["training"],
        selection=lambda w: TASKS[w.task]["recordings"][w.recording],
        experiment=lambda w: experiment_of((w.task, w.question)),


# Apart from the fits, which neither wait for the task's entries nor are made again with them.
use rule step as take_entries with:
    input:
        fitted=entries_taken,
    output:
        predictions=directory(f"results/questions/{{task}}/{{question}}/{TAKEN}/{{recording}}"),
    params:
        levels=lambda w: taken_entries(ENTRIES[w.task, w.question]),
        recording="{recording}",
        splits=lambda w: TASKS[w.task]["questions"][w.question]["recordings"][w.recording],


use rule compute_errors as compute_answers with:
    input:
        predictions=answers_of,
    output:
        errors="results/questions/{task}/{question}/errors.csv",
    params:
        function="myopinn.steps.compute_errors.compute_errors",
        # The rival of the task is no level of a question.
        rival=None,
        order=lambda w: list(ENTRIES[w.task, w.question]),


use rule step as draw_question with:
    input:
        errors=lambda w: errors_of_question(w.task, w.question),
        findings="results/statistics/{task}/findings.csv",
    output:
        pdf="results/figures/{task}/{question}/{recording}/{split}.pdf",
        png="results/figures/{task}/{question}/{recording}/{split}.png",
        csv="results/figures/{task}/{question}/{recording}/{split}.csv",
    params:
        question="{question}",
        recording="{recording}",
        split="{split}",
