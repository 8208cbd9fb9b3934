# Needs: the quality records of all steps, and predictions on held-out trials.
# Makes: what became of every trial, errors per person, the comparison of variants, and all that the study claims.


rule collect_quality:
    input:
        logs=quality_records,
    output:
        table="results/quality/trials.csv",
        quantities="results/quality/quantities.csv",
    log:
        "logs/collect_quality.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.collect_quality.collect_quality",
        code=code_digest("myopinn.steps.collect_quality"),
        trials=[asdict(t) | {"recording": name} for name, trials in TRIALS.items() for t in trials],
    script:
        "../scripts/call.py"


rule compute_errors:
    input:
        predictions=predictions_of,
    output:
        errors="results/statistics/{task}/errors.csv",
    log:
        "logs/compute_errors/{task}.log",
    wildcard_constraints:
        task="muscle_force",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.compute_errors.compute_errors",
        code=code_digest("myopinn.steps.compute_errors"),
        rival=config["statistics"].get("rival"),
    script:
        "../scripts/call.py"


rule compare_variants:
    input:
        errors=errors_of,
    output:
        comparison="results/statistics/{task}/comparison.csv",
    log:
        "logs/compare_variants/{task}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.compare_variants.compare_variants",
        code=code_digest("myopinn.steps.compare_variants"),
        settings=config["statistics"],
    script:
        "../scripts/call.py"


# Whatever report, captions and figures claim.
rule state_findings:
    input:
        unpack(findings_from),
    output:
        findings="results/statistics/{task}/findings.csv",
    log:
        "logs/state_findings/{task}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.state_findings.state_findings",
        code=code_digest("myopinn.steps.state_findings"),
        task="{task}",
        questions=lambda w: questions_of(w.task),
        identified=lambda w: identified_in(w.task),
        settings=config["statistics"],
    script:
        "../scripts/call.py"
