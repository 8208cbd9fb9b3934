# Needs: the quality records of all steps, and predictions on held-out trials.
# Makes: what became of every trial, errors per person, the comparison of variants, all that the study claims,
# and before it how often it will claim what is right.


use rule step as collect_quality with:
    input:
        logs=quality_records,
    output:
        table="results/quality/trials.csv",
        quantities="results/quality/quantities.csv",
    params:
        trials=[asdict(t) | {"recording": name} for name, trials in TRIALS.items() for t in trials],


use rule step as compute_errors with:
    input:
        predictions=predictions_of,
    output:
        errors="results/statistics/{task}/errors.csv",
    wildcard_constraints:
        task="muscle_force",
    params:
        rival=config["statistics"].get("rival"),


use rule step as compare_variants with:
    input:
        errors=errors_of,
    output:
        comparison="results/statistics/{task}/comparison.csv",
    params:
        settings={k: config["statistics"][k] for k in ("alpha", "bootstrap_samples", "seed")},


# Whatever report, captions and figures claim.
use rule step as state_findings with:
    input:
        unpack(findings_from),
    output:
        findings="results/statistics/{task}/findings.csv",
    params:
        task="{task}",
        questions=lambda w: questions_of(w.task),
        identified=lambda w: identified_in(w.task),
        planned=lambda w: planned_in(w.task),
        settings={k: v for k, v in config["statistics"].items() if k not in ("planned", "power")},


# Before anything is fitted: it needs the configuration alone, and a pilot where there is one.
use rule step as estimate_power with:
    input:
        pilot=PILOT,
    output:
        power="results/statistics/{task}/power.csv",
    params:
        task="{task}",
        planned=lambda w: planned_in(w.task),
        settings={k: v for k, v in config["statistics"].items() if k != "planned"},
