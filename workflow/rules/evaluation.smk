# Needs: the hidden truth of virtual people, and what the analysis recovered of them.
# Makes: truth against recovered, as a table per person and trial, mean cycles and a figure.
# Beside deep_truth.smk nothing else in the workflow may open data/truth.


use rule step as compare_with_truth with:
    input:
        truth=of_all_people("data/truth/{recording}/{subject}"),
        signals=of_all_people("results/signals/{recording}/{subject}"),
        inverse_dynamics=of_all_people("results/opensim/{recording}/{subject}/inverse_dynamics"),
        muscle_forces=of_all_people("results/opensim/{recording}/{subject}/muscle_forces"),
        datasets=of_all_people("results/dataset/{recording}/{subject}.nc"),
    output:
        table="results/evaluation/{recording}/errors.csv",
        curves="results/evaluation/{recording}/curves.csv",
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    params:
        trials=lambda w: [asdict(t) for t in TRIALS[w.recording]],


use rule step as draw_truth with:
    input:
        errors="results/evaluation/{recording}/errors.csv",
        curves="results/evaluation/{recording}/curves.csv",
    output:
        pdf="results/figures/{recording}/truth.pdf",
        png="results/figures/{recording}/truth.png",
        csv="results/figures/{recording}/truth.csv",
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    params:
        recording="{recording}",


use rule step as draw_stick_figure with:
    input:
        truth=lambda w: f"data/truth/{w.recording}/{SUBJECTS[w.recording][0]}",
    output:
        pdf="results/figures/{recording}/stick_figure.pdf",
        png="results/figures/{recording}/stick_figure.png",
        csv="results/figures/{recording}/stick_figure.csv",
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    params:
        recording="{recording}",
        subject=lambda w: SUBJECTS[w.recording][0],
        trials=lambda w: dynamic_trials(w.recording, SUBJECTS[w.recording][0]),


use rule step as compute_true_errors with:
    input:
        predictions=predictions_of_virtual_people,
        truth=[f"data/truth/{r}/{subject}" for r in VIRTUAL for subject in SUBJECTS[r]],
    output:
        errors="results/evaluation/{task}/true_errors.csv",
    wildcard_constraints:
        task="muscle_force",
    params:
        rival=config["statistics"].get("rival"),


use rule step as group_by_law with:
    input:
        errors=lambda w: f"results/evaluation/{w.task}/{'envelope' if w.task == DEEP else 'true'}_errors.csv",
        truth=[f"data/truth/{r}/{subject}" for r in VIRTUAL for subject in SUBJECTS[r]],
    output:
        by_law="results/evaluation/{task}/by_law.csv",


use rule step as draw_true_errors with:
    input:
        errors="results/statistics/{task}/errors.csv",
        true_errors="results/evaluation/{task}/true_errors.csv",
    output:
        pdf="results/figures/{task}/{recording}/{split}/true_errors.pdf",
        png="results/figures/{task}/{recording}/{split}/true_errors.png",
        csv="results/figures/{task}/{recording}/{split}/true_errors.csv",
    params:
        recording="{recording}",
        split="{split}",
