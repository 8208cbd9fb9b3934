# Needs: datasets, muscle geometry and isometric contractions.
# Makes: what different sets of recordings would leave open of deep muscles, and its figure.


rule compare_protocols:
    input:
        unpack(people_of),
    output:
        protocols="results/statistics/{task}/protocols/{recording}.csv",
    log:
        "logs/compare_protocols/{task}/{recording}.log",
    wildcard_constraints:
        task=DEEP,
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.compare_recorded_protocols.compare_recorded_protocols",
        code=code_digest("myopinn.steps.compare_recorded_protocols", "myopinn.variants.nmm"),
        task="{task}",
        variant=lambda w: TASKS[w.task]["protocols"]["variant"],
        recording="{recording}",
        variant_settings=lambda w: TASKS[w.task]["variants"][TASKS[w.task]["protocols"]["variant"]],
        selection=lambda w: TASKS[w.task]["recordings"][w.recording],
        asked=lambda w: TASKS[w.task]["protocols"]["recordings"][w.recording]["asked"],
        compared=lambda w: TASKS[w.task]["protocols"]["recordings"][w.recording]["compared"],
    script:
        "../scripts/call.py"


rule draw_protocols:
    input:
        protocols=expand(
            "results/statistics/{{task}}/protocols/{recording}.csv",
            recording=TASKS.get(DEEP, {}).get("protocols", {"recordings": ()})["recordings"],
        ),
    output:
        pdf="results/figures/{task}/protocols.pdf",
        png="results/figures/{task}/protocols.png",
        csv="results/figures/{task}/protocols.csv",
    log:
        "logs/draw_protocols/{task}.log",
    wildcard_constraints:
        task=DEEP,
    conda:
        "../../environment.yml"
    params:
        function="myopinn.figures.protocols.draw_protocols",
        code=code_digest("myopinn.figures.protocols"),
    script:
        "../scripts/call.py"
