"""Each rule calls a step of the package, says where it belongs, and has what every rule has."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from code_digest import code_digest

ROOT = Path(__file__).parents[2]
ROOMS = sorted((ROOT / "workflow" / "rules").glob("*.smk"))
# What rules are made of, and no rules of a room.
SHARED = {"common", "step", "lists", "deep_lists"}


def names_in(directive):
    """List the names under a directive of the Snakefile."""
    text = (ROOT / "Snakefile").read_text()
    return re.findall(r"^    (\w+),$", text.partition(f"\n{directive}:\n")[2], flags=re.M)


def test_every_rule_has_its_place_on_a_cluster(rules):
    profile = yaml.safe_load((ROOT / "profiles" / "slurm" / "config.yaml").read_text())
    alone = set(names_in("localrules"))
    assert alone - {"all"} <= set(rules)
    assert set(profile["groups"]) == set(rules) - alone
    assert set(profile["group-components"]) <= set(profile["groups"].values())


def test_every_rule_calls_a_function_that_takes_arguments_by_name_alone(rules):
    """They are the names of the rule's inputs, outputs and params."""
    for rule in rules.values():
        assert code_digest(rule.function), rule.name
        module, _, function = rule.function.rpartition(".")
        file = ROOT.joinpath("src", *module.split(".")).with_suffix(".py")
        (defined,) = (
            node
            for node in ast.parse(file.read_text()).body
            if isinstance(node, ast.FunctionDef) and node.name == function
        )
        assert not defined.args.args, f"{rule.function} can be called without naming its arguments"


@pytest.mark.parametrize("room", [r for r in ROOMS if r.stem not in SHARED], ids=lambda r: r.stem)
def test_a_room_opens_with_what_it_needs_and_makes(room, rules):
    assert re.match(
        r"# Needs: .+\n(# .+\n)*# Makes: .+\n(# .+\n)*\n\n(# .+\n)*use rule ", room.read_text()
    )
    assert any(rule.file == room.stem for rule in rules.values())


def test_every_job_has_a_log_of_its_own_and_costly_ones_are_measured(plan, rules):
    logs = []
    for block in re.split(r"\n(?:local)?rule ", plan)[1:]:
        name, said = block.split(":", 1)
        if name == "all":
            continue
        (log,) = re.findall(r"^    log: (\S+)$", said, flags=re.M)
        logs.append(log)
        given = re.search(r"^    wildcards: (.+)$", said, flags=re.M)
        values = {v.split("=", 1)[1] for v in given[1].split(", ")} if given else set()
        first, of, *whose = Path(log).with_suffix("").parts
        assert (first, of, set(whose)) == ("logs", name, values)
        measured = re.findall(r"^    benchmark: (\S+)$", said, flags=re.M)
        assert measured == [log.removesuffix(".log") + ".tsv"] * rules[name].asks
    assert len(set(logs)) == len(logs) > 100


def test_snakemake_finds_nothing_wrong_but_that_no_rule_has_an_environment_of_its_own(tmp_path):
    """All rules share the one that runs Snakemake itself."""
    shutil.copy2(ROOT / "studies" / "tiny" / "config.yaml", tmp_path)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "--lint"),
            *("--snakefile", str(ROOT / "Snakefile"), "--directory", str(tmp_path)),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    said = set(re.findall(r"^    \* (.+):$", done.stderr, flags=re.M))
    assert said == {"Specify a conda environment or container for each rule."}, done.stderr
