# From raw recordings to the report; `make reproduce` runs it. The order of the includes reads like a
# methods section. Every rule is one function of the package, called by workflow/scripts/call.py.
include: "workflow/rules/common.smk"
include: "workflow/rules/step.smk"
include: "workflow/rules/lists.smk"
include: "workflow/rules/deep_lists.smk"
include: "workflow/rules/recordings.smk"
include: "workflow/rules/signals.smk"
include: "workflow/rules/opensim.smk"
include: "workflow/rules/given.smk"
include: "workflow/rules/dataset.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/tuning.smk"
include: "workflow/rules/statistics.smk"
include: "workflow/rules/questions.smk"
include: "workflow/rules/evaluation.smk"
include: "workflow/rules/deep_truth.smk"
include: "workflow/rules/deep_errors.smk"
include: "workflow/rules/deep_hidden.smk"
include: "workflow/rules/deep_protocols.smk"
include: "workflow/rules/figures.smk"


localrules:
    all,
    create_store,
    provide_model,
    resolve_entries,
    write_config,


rule all:
    input:
        "results/report.html",
        "results/quality/trials.csv",


complete_rules(workflow.rules)
