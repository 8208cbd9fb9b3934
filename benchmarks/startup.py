"""What share of a study's work goes into starting processes, rule by rule.

How long each job took stands in Snakemake's logs of the study, to the second. How long a job takes
to start is measured here: a new process that imports what the rule's function needs, the shortest
of several.
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
STAMP = re.compile(r"^\[(\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4})\]$")
STARTED = re.compile(r"^(?:local)?rule (\w+):$")
FINISHED = re.compile(r"^Finished jobid: (\d+) \(Rule: (\w+)\)$")
JOB = re.compile(r"^ +jobid: (\d+)$")
FUNCTION = re.compile(r'function="(myopinn[\w.]+)"')
REPETITIONS = 3


def job_durations(study: Path) -> dict[str, list[float]]:
    """Read the seconds of every finished job by rule from the study's logs."""
    durations: dict[str, list[float]] = defaultdict(list)
    for log in sorted((study / ".snakemake" / "log").glob("*.log")):
        begun: dict[str, datetime] = {}
        now = datetime.min
        for line in log.read_text(encoding="utf-8").splitlines():
            if stamp := STAMP.match(line):
                now = datetime.strptime(stamp[1], "%a %b %d %H:%M:%S %Y")
            elif job := JOB.match(line):
                begun[job[1]] = now
            elif (done := FINISHED.match(line)) and done[1] in begun:
                durations[done[2]].append((now - begun[done[1]]).total_seconds())
    return durations


def functions_of_rules() -> dict[str, str]:
    """Read the module of each rule's function from the rule files."""
    found: dict[str, str] = {}
    for file in sorted((PROJECT / "workflow" / "rules").glob("*.smk")):
        text = file.read_text(encoding="utf-8")
        for block in re.split(r"^(?=rule |use rule )", text, flags=re.MULTILINE):
            name = re.match(r"rule (\w+)|use rule \w+ as (\w+)", block)
            function = FUNCTION.search(block)
            if name and function:
                found[name[1] or name[2]] = function[1].rpartition(".")[0]
    # Laboratories are chosen by config; this one stands for all of them.
    for rule in ("simulate_person", "provide_model", "fetch_recordings"):
        found[rule] = "myopinn.recordings.virtual_gait"
    return found


# Imports wait inside the functions that need them; the child process takes them all.
CHILD = """
import ast, importlib, sys
waiting, seen = [sys.argv[1]], set()
while waiting:
    name = waiting.pop()
    if name in seen:
        continue
    seen.add(name)
    try:
        module = importlib.import_module(name)
    except ImportError:
        continue
    if not name.startswith("myopinn") or not module.__file__:
        continue
    for node in ast.walk(ast.parse(open(module.__file__, encoding="utf-8").read())):
        if isinstance(node, ast.Import):
            waiting += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            waiting.append(node.module)
"""


def start_seconds(module: str) -> float:
    """Time a new process that imports all that a module's functions will need."""
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", CHILD, module], check=True, cwd=PROJECT)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", type=Path, help="a study that has been run")
    parser.add_argument("--csv", type=Path, default=Path("benchmarks/results/startup.csv"))
    arguments = parser.parse_args()
    durations = job_durations(arguments.study)
    if not durations:
        sys.exit(f"{arguments.study}: no log of a run. Remedy: make reproduce first.")
    modules = functions_of_rules()
    start = {module: start_seconds(module) for module in sorted(set(modules.values()))}
    rows = []
    for rule, seconds in sorted(durations.items(), key=lambda item: -sum(item[1])):
        if rule not in modules:
            continue
        each = start[modules[rule]]
        rows.append(
            {
                "rule": rule,
                "jobs": len(seconds),
                "total_s": round(sum(seconds)),
                "start_s_each": round(each, 2),
                "start_s": round(each * len(seconds), 1),
            }
        )
    whole = {
        "rule": "all",
        "jobs": sum(row["jobs"] for row in rows),
        "total_s": sum(row["total_s"] for row in rows),
        "start_s_each": "",
        "start_s": round(sum(row["start_s"] for row in rows), 1),
    }
    rows.append(whole)
    arguments.csv.parent.mkdir(parents=True, exist_ok=True)
    with arguments.csv.open("w", newline="", encoding="utf-8") as file:
        for target in (sys.stdout, file):
            writer = csv.DictWriter(target, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    share = whole["start_s"] / max(whole["total_s"], 1)
    print(f"starting processes: {100 * share:.1f} % of the time of all jobs")


if __name__ == "__main__":
    main()
