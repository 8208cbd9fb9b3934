# Needs: the laboratories' slices of the config.
# Makes: every person's files as they were recorded or processed by others, the generic model of those that
# are C3D files, and for virtual people the hidden truth.


use rule step as fetch_recordings with:
    input:
        unpack(files_of_the_user),
    output:
        recordings=directory("data/{recording}/{subject}"),
    wildcard_constraints:
        recording=any_of(MEASURED),
    resources:
        mem_mb=growing(1500),
        runtime=growing(120),
    params:
        plugins=laboratory_to("fetch_recordings"),
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("laboratory"),


use rule step as simulate_person with:
    output:
        recordings=directory("data/{recording}/{subject}"),
        truth=directory("data/truth/{recording}/{subject}"),
    wildcard_constraints:
        recording=any_of(VIRTUAL),
    # The longest step of a person: what others are ready for fills in beside the last ones.
    priority: 1000
    resources:
        mem_mb=growing(1500),
        runtime=growing(30),
    params:
        plugins=laboratory_to("simulate_person"),
        recording="{recording}",
        subject="{subject}",
        settings=slice_of("laboratory"),
        seed=SEED,


use rule step as provide_model with:
    output:
        model="data/{recording}/generic.osim",
    params:
        plugins=laboratory_to("provide_model"),
        settings=slice_of("laboratory"),
