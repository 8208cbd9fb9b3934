import pytest
import torch
from joint_of_known_muscles import joint_problem, known_joint

from myopinn.errors import ConfigError
from myopinn.methods.deep.identifiability import compare_protocols
from myopinn.variants import load_variant


def model_of(problem, **settings):
    torch.manual_seed(0)
    variant = load_variant("nmm", settings)
    return variant.build(problem).double()


@pytest.fixture(scope="module")
def found():
    known = known_joint()
    cycles, count = known.cycles.in_double(), len(known.cycles)
    protocols = {
        "none": torch.zeros(count, dtype=torch.bool),
        "few": torch.arange(count) < 3,
        "all": torch.ones(count, dtype=torch.bool),
    }
    return compare_protocols(model_of(known.problem), cycles, protocols, cycles)


def test_without_recordings_the_prior_stays(found):
    none = found["none"]
    assert none.posterior_share == pytest.approx([1.0] * len(none.parameters))
    assert dict(none.posterior_spread) == pytest.approx(dict(none.prior_spread))


def test_more_recordings_never_leave_more_open(found):
    for one, other in (("none", "few"), ("few", "all")):
        pairs = zip(found[one].posterior_share, found[other].posterior_share, strict=True)
        assert all(more <= less + 1e-9 for less, more in pairs)
        for muscle in ("deep flexor", "deep extensor"):
            before, after = (found[name].posterior_spread[muscle] for name in (one, other))
            assert after < before


def test_parameters_are_those_of_muscles_and_of_measured_electrodes(found):
    gains = [muscle for name, muscle in found["all"].parameters if name == "emg_gain"]
    assert gains == ["flexor", "extensor"]
    assert ("common_strength", "") in found["all"].parameters
    assert ("load_factor", "deep flexor") in found["all"].parameters


def test_common_strength_stays_as_open_as_the_prior_leaves_it_beside_each_muscle_s_own():
    """More of the one and less of all the others is the same moment, whatever is recorded."""
    known = known_joint()
    cycles = known.cycles.in_double()
    everything = {"all": torch.arange(len(cycles)).repeat(500)}
    model = model_of(known.problem)
    told = compare_protocols(model, cycles, everything, cycles)["all"]
    shares = dict(zip(told.parameters, told.posterior_share, strict=True))
    common, own = (model.muscles.ranges[name].spread for name in ("common_strength", "strength"))
    least = (1 / common**2 + len(known.problem.muscles) / own**2) ** -0.5 / common
    assert least <= shares["common_strength", ""] < 1.0
    assert shares["fiber_length", "flexor"] < 0.3


def test_the_slope_is_that_of_finite_differences():
    """Of a deep muscle's size by its own share of the work, which the definition gives as 1."""
    known = known_joint()
    cycles = known.cycles.in_double()
    nothing = {"none": torch.zeros(len(cycles), dtype=torch.bool)}
    wide = model_of(known.problem, load_factor=[0.01, 100.0, 2.0])
    narrow = model_of(known.problem, load_factor=[0.01, 100.0, 1e-6])
    spreads = [
        compare_protocols(model, cycles, nothing, cycles)["none"].prior_spread["deep flexor"]
        for model in (wide, narrow)
    ]
    model, sizes = wide, []
    index = known.problem.muscles.index("deep flexor")
    agonist = known.problem.muscles.index("flexor")
    for row in (index, agonist):
        for step in (-1e-4, 1e-4):
            model.drive.load.shift.data.zero_()
            model.drive.load.shift.data[row] = step
            factor = model.drive.load()[row].log().item()
            gain = model.gains()[cycles.person][:, :, None]
            answer = torch.zeros(len(cycles), model.drive.outputs, 100, dtype=torch.float64)
            size = (
                model.drive(cycles, answer, model.muscles.at(cycles), gain)[0][:, index]
                .mean()
                .log()
            )
            sizes.append((factor, size.item()))
    slopes = [(sizes[k + 1][1] - sizes[k][1]) / (sizes[k + 1][0] - sizes[k][0]) for k in (0, 2)]
    wanted = 2.0 * (slopes[0] ** 2 + slopes[1] ** 2) ** 0.5
    assert (spreads[0] ** 2 - spreads[1] ** 2) ** 0.5 == pytest.approx(wanted, rel=1e-2)


def test_a_model_that_sees_no_emg_is_refused():
    problem = joint_problem(measured_emg=False)
    known = known_joint(problem)
    with pytest.raises(ConfigError, match="measured_emg"):
        compare_protocols(model_of(problem), known.cycles, {}, known.cycles)
