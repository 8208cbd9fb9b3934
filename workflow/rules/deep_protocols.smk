# Needs: datasets, muscle geometry and isometric contractions.
# Makes: what different sets of recordings would leave open of deep muscles, and its figure.


use rule step as compare_protocols with:
    input:
        unpack(people_of),
    output:
        protocols="results/statistics/{task}/protocols/{recording}.csv",
    wildcard_constraints:
        task=DEEP,
    params:
        function="myopinn.steps.compare_recorded_protocols.compare_recorded_protocols",
        plugins=lambda w: modules_of({TASKS[w.task]["protocols"]["variant"]: {}}),
        task="{task}",
        variant=lambda w: TASKS[w.task]["protocols"]["variant"],
        recording="{recording}",
        variant_settings=lambda w: TASKS[w.task]["variants"][TASKS[w.task]["protocols"]["variant"]],
        selection=lambda w: TASKS[w.task]["recordings"][w.recording],
        asked=lambda w: TASKS[w.task]["protocols"]["recordings"][w.recording]["asked"],
        compared=lambda w: TASKS[w.task]["protocols"]["recordings"][w.recording]["compared"],


use rule step as draw_protocols with:
    input:
        protocols=expand(
            "results/statistics/{{task}}/protocols/{recording}.csv",
            recording=TASKS.get(DEEP, {}).get("protocols", {"recordings": ()})["recordings"],
        ),
    output:
        pdf="results/figures/{task}/protocols.pdf",
        png="results/figures/{task}/protocols.png",
        csv="results/figures/{task}/protocols.csv",
    wildcard_constraints:
        task=DEEP,
