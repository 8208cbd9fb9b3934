"""What all rules of the workflow have in common, so that each shows what is its own."""

import re

from code_digest import code_digest


def complete_rules(rules):
    """Give each rule its log, its function, the digest of that code, and where its cost is kept.

    The function is the step, or the figure, of the rule's name, unless its params name another.
    The code is that function with the plug-ins (``plugins``) that the rule says it runs. The cost
    is kept where the rule asks for resources of its own.

    Parameters
    ----------
    rules : iterable of snakemake.rules.Rule
        After all of them are defined: what inherits from another inherits nothing of this.
    """
    for rule in rules:
        if rule.norun:
            continue
        wildcards = re.findall(r"{(\w+)", rule.output[0]) if rule.output else []
        place = "/".join(["logs", rule.name, *(f"{{{name}}}" for name in wildcards)])
        rule.log_modifier = rule.benchmark_modifier = rule.ruleinfo.path_modifier
        rule.set_log(f"{place}.log")
        if rule.ruleinfo.resources:
            rule.benchmark = f"{place}.tsv"
        params = dict(rule.params.items())
        if "function" not in params:
            rule.set_params(function=function_of(rule.name))
        rule.set_params(code=_digest_of(rule.params.function, params.get("plugins")))


def function_of(rule):
    """Name the function of a rule: one module for each, called like the rule."""
    if rule.startswith("draw_"):
        return f"myopinn.figures.{rule.removeprefix('draw_')}.{rule}"
    return f"myopinn.steps.{rule}.{rule}"


def _digest_of(function, plugins):
    """Give a function that digests what a job runs, of those jobs that are looked at."""

    def digest(wildcards):
        return code_digest(function, *(plugins(wildcards) if plugins else []))

    return digest
