# Needs: the hidden truth of virtual people, and what the analysis recovered of them.
# Makes: truth against recovered, as a table per person and trial, mean cycles and a figure.
# Beside deep_truth.smk nothing else in the workflow may open data/truth.


rule compare_with_truth:
    input:
        truth=of_all_people("data/truth/{recording}/{subject}"),
        signals=of_all_people("results/signals/{recording}/{subject}"),
        inverse_dynamics=of_all_people("results/opensim/{recording}/{subject}/inverse_dynamics"),
        muscle_forces=of_all_people("results/opensim/{recording}/{subject}/muscle_forces"),
        datasets=of_all_people("results/dataset/{recording}/{subject}.nc"),
    output:
        table="results/evaluation/{recording}/errors.csv",
        curves="results/evaluation/{recording}/curves.csv",
    log:
        "logs/compare_with_truth/{recording}.log",
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.compare_with_truth.compare_with_truth",
        code=code_digest("myopinn.steps.compare_with_truth"),
        trials=lambda w: [asdict(t) for t in TRIALS[w.recording]],
    script:
        "../scripts/call.py"


rule draw_truth:
    input:
        errors="results/evaluation/{recording}/errors.csv",
        curves="results/evaluation/{recording}/curves.csv",
    output:
        pdf="results/figures/{recording}/truth.pdf",
        png="results/figures/{recording}/truth.png",
        csv="results/figures/{recording}/truth.csv",
    log:
        "logs/draw_truth/{recording}.log",
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.truth.draw_truth",
        code=code_digest("myopinn.figures.truth"),
        recording="{recording}",
    script:
        "../scripts/call.py"


rule draw_stick_figure:
    input:
        truth=lambda w: f"data/truth/{w.recording}/{SUBJECTS[w.recording][0]}",
    output:
        pdf="results/figures/{recording}/stick_figure.pdf",
        png="results/figures/{recording}/stick_figure.png",
        csv="results/figures/{recording}/stick_figure.csv",
    log:
        "logs/draw_stick_figure/{recording}.log",
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.stick_figure.draw_stick_figure",
        code=code_digest("myopinn.figures.stick_figure"),
        recording="{recording}",
        subject=lambda w: SUBJECTS[w.recording][0],
        trials=lambda w: dynamic_trials(w.recording, SUBJECTS[w.recording][0]),
    script:
        "../scripts/call.py"


rule compute_true_errors:
    input:
        predictions=predictions_of_virtual_people,
        truth=[f"data/truth/{r}/{subject}" for r in VIRTUAL for subject in SUBJECTS[r]],
    output:
        errors="results/evaluation/{task}/true_errors.csv",
    log:
        "logs/compute_true_errors/{task}.log",
    wildcard_constraints:
        task="muscle_force",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.compute_true_errors.compute_true_errors",
        code=code_digest("myopinn.steps.compute_true_errors"),
        rival=config["statistics"].get("rival"),
    script:
        "../scripts/call.py"


rule draw_true_errors:
    input:
        errors="results/statistics/{task}/errors.csv",
        true_errors="results/evaluation/{task}/true_errors.csv",
    output:
        pdf="results/figures/{task}/{recording}/{split}/true_errors.pdf",
        png="results/figures/{task}/{recording}/{split}/true_errors.png",
        csv="results/figures/{task}/{recording}/{split}/true_errors.csv",
    log:
        "logs/draw_true_errors/{task}/{recording}/{split}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.true_errors.draw_true_errors",
        code=code_digest("myopinn.figures.true_errors"),
        recording="{recording}",
        split="{split}",
    script:
        "../scripts/call.py"
