# Needs: the laboratories' slices of the config.
# Makes: every person's files as they were recorded or processed by others, the generic model of those that
# are C3D files, and for virtual people the hidden truth.


rule fetch_recordings:
    input:
        unpack(files_of_the_user),
    output:
        recordings=directory("data/{recording}/{subject}"),
    log:
        "logs/fetch_recordings/{recording}/{subject}.log",
    wildcard_constraints:
        recording=any_of(MEASURED),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(120),
    params:
        function="myopinn.steps.fetch_recordings.fetch_recordings",
        code=code_with_laboratory("myopinn.steps.fetch_recordings"),
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("laboratory"),
    script:
        "../scripts/call.py"


rule simulate_person:
    output:
        recordings=directory("data/{recording}/{subject}"),
        truth=directory("data/truth/{recording}/{subject}"),
    log:
        "logs/simulate_person/{recording}/{subject}.log",
    benchmark:
        "logs/simulate_person/{recording}/{subject}.tsv"
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    # The longest step of a person: what others are ready for fills in beside the last ones.
    priority: 1000
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(30),
    params:
        function="myopinn.steps.simulate_person.simulate_person",
        code=code_with_laboratory("myopinn.steps.simulate_person"),
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("laboratory"),
        seed=SEED,
    script:
        "../scripts/call.py"


rule provide_model:
    output:
        model="data/{recording}/generic.osim",
    log:
        "logs/provide_model/{recording}.log",
    conda:
        "../../environment.yml"
    params:
        function="myopinn.steps.provide_model.provide_model",
        code=code_with_laboratory("myopinn.steps.provide_model"),
        settings=slice_of("laboratory"),
    script:
        "../scripts/call.py"
