"""SGD, Adam and the decay of their rates, step for step as torch has them."""

import numpy as np
import pytest
import torch
from support import assert_refused, normal

from stn_numpy.layer import Parameter
from stn_numpy.optimizer import SGD, Adam, CosineLR, StepLR, clip_gradients
from stn_numpy.pytorch.settings import Settings

SHAPES = [(3, 4), (4,), (2, 1, 3, 3)]

# ours, torch's, options of both
OPTIMIZERS = {
    "SGD": (SGD, torch.optim.SGD, dict(lr=0.1)),
    "SGD with momentum": (SGD, torch.optim.SGD, dict(lr=0.1, momentum=0.9)),
    "SGD with Nesterov's momentum": (SGD, torch.optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True)),
    "Adam": (Adam, torch.optim.Adam, dict(lr=0.01)),
    "Adam as it comes": (Adam, torch.optim.Adam, dict()),
    "Adam with other means": (Adam, torch.optim.Adam, dict(lr=0.01, betas=(0.7, 0.9), eps=1e-2)),
}
# the first two parameters, and the last
GROUPS = {
    "one group": lambda p: p,
    "two groups": lambda p: [{"params": p[:2]}, {"params": p[2:], "lr": 1e-4}],
    "a generator": lambda p: (each for each in p),
    "a group by generators": lambda p: [{"params": (each for each in p[:2]), "lr": 0.3}, {"params": iter(p[2:])}],
}


@pytest.fixture(params=OPTIMIZERS)
def name(request):
    return request.param


def new_parameters(dtype="float64"):
    return [Parameter(normal(seed, shape, dtype)) for seed, shape in enumerate(SHAPES)]


def give_gradients(parameters, step):
    for place, parameter in enumerate(parameters):
        parameter.grad[...] = normal([step, place], parameter.data.shape)


def walk(optimizer, steps, schedule=None):
    """Take steps of random gradients, the same for the same numbers."""
    for step in steps:
        give_gradients(optimizer.parameters(), step)
        optimizer.step()
        if schedule:
            schedule.step()
    return [parameter.data.copy() for parameter in optimizer.parameters()]


@pytest.mark.parametrize("decay", [None, (6, 0.3), (1, None)], ids=str)
@pytest.mark.parametrize("groups", GROUPS)
def test_same_as_torch_over_twenty_steps(name, groups, decay):
    ours, theirs, options = OPTIMIZERS[name]
    parameters = new_parameters()
    tensors = [torch.tensor(parameter.data, requires_grad=True) for parameter in parameters]
    optimizer, twin = ours(GROUPS[groups](parameters), **options), theirs(GROUPS[groups](tensors), **options)
    if decay:
        rest = [gamma for gamma in decay[1:] if gamma]
        schedules = StepLR(optimizer, decay[0], *rest), torch.optim.lr_scheduler.StepLR(twin, decay[0], *rest)
    for step in range(20):
        give_gradients(parameters, step)
        for parameter, tensor in zip(parameters, tensors, strict=True):
            tensor.grad = torch.tensor(parameter.grad)
        for part in (optimizer, twin, *(schedules if decay else ())):
            part.step()
        for parameter, tensor in zip(parameters, tensors, strict=True):
            np.testing.assert_allclose(parameter.data, tensor.detach().numpy(), rtol=0, atol=1e-10)
    for one, other in zip(optimizer.groups, twin.param_groups, strict=True):
        assert one["lr"] == pytest.approx(other["lr"], rel=1e-12)


def test_gradients_are_read_and_not_changed(name):
    ours, _, options = OPTIMIZERS[name]
    optimizer = ours(new_parameters(), **options)
    for step in range(3):
        give_gradients(optimizer.parameters(), step)
        before = [parameter.grad.copy() for parameter in optimizer.parameters()]
        optimizer.step()
        for parameter, grad in zip(optimizer.parameters(), before, strict=True):
            np.testing.assert_array_equal(parameter.grad, grad)


def test_the_float_type_stays(name, dtype):
    ours, _, options = OPTIMIZERS[name]
    optimizer = ours(new_parameters(dtype), **options)
    arrays = [parameter.data for parameter in optimizer.parameters()]
    walk(optimizer, range(3))
    assert all(p.data.dtype == dtype and p.data is array for p, array in zip(optimizer.parameters(), arrays))
    kept = [array for label, array in optimizer.state_dict().items() if "." in label]
    assert kept and all(array.dtype == dtype for array in kept)


def test_a_rate_of_zero_leaves_a_group_as_it_is(name):
    ours, _, options = OPTIMIZERS[name]
    parameters = new_parameters()
    before = [parameter.data.copy() for parameter in parameters]
    walk(ours([{"params": parameters[:2], "lr": 0.0}, {"params": parameters[2:]}], **options), range(5))
    np.testing.assert_array_equal(parameters[0].data, before[0])
    np.testing.assert_array_equal(parameters[1].data, before[1])
    assert np.abs(parameters[2].data - before[2]).min() > 0


def test_a_state_goes_on_where_it_was_taken(name):
    """Ten steps, saved, and ten more by new objects: exactly twenty steps."""
    ours, _, options = OPTIMIZERS[name]

    def build(parameters):
        return ours(GROUPS["two groups"](parameters), **options)

    whole, first = build(new_parameters()), build(new_parameters())
    expected = walk(whole, range(20), StepLR(whole, 4, 0.5))
    halfway = walk(first, range(10), StepLR(first, 4, 0.5))
    saved = {label: array.copy() for label, array in first.state_dict().items()}
    second = build([Parameter(array) for array in halfway])
    second.load_state_dict(saved)
    for one, other in zip(walk(second, range(10, 20), StepLR(second, 4, 0.5)), expected, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [group["lr"] for group in second.groups] == [group["lr"] for group in whole.groups]


def test_a_loaded_state_is_a_copy(name):
    ours, _, options = OPTIMIZERS[name]
    first, second = ours(new_parameters(), **options), ours(new_parameters(), **options)
    walk(first, range(3))
    second.load_state_dict(first.state_dict())
    before = {label: array.copy() for label, array in first.state_dict().items()}
    walk(second, range(3))
    for label, array in first.state_dict().items():
        np.testing.assert_array_equal(array, before[label])


def test_a_state_of_other_groups_is_refused():
    one, two = SGD(GROUPS["one group"](new_parameters()), 0.1), SGD(GROUPS["two groups"](new_parameters()), 0.1)
    with pytest.raises(ValueError):
        two.load_state_dict(one.state_dict())


def test_zero_grad_empties_every_group(name):
    ours, _, options = OPTIMIZERS[name]
    optimizer = ours(GROUPS["two groups"](new_parameters()), **options)
    give_gradients(optimizer.parameters(), 0)
    optimizer.zero_grad()
    assert not any(parameter.grad.any() for parameter in optimizer.parameters())


P, Q = new_parameters()[:2]
BAD = {
    "nothing": ([], {}, "params_or_groups", "Parameters in group 0", "none"),
    "an empty group": ([{"params": [P]}, {"params": []}], {}, "params_or_groups", "Parameters in group 1", "none"),
    "a group without params": ([{"lr": 0.1}], {}, "params_or_groups", "Parameters in group 0", "none"),
    "an array": ([P.data], {}, "params_or_groups", "Parameters in group 0", "ndarray"),
    "an array in a group": ([{"params": [P, Q.data]}], {}, "params_or_groups", "Parameters in group 0", "ndarray"),
    "one twice": ([P, Q, P], {}, "params_or_groups", "once", "two places"),
    "one in two groups": ([{"params": [P]}, {"params": [Q, P]}], {}, "params_or_groups", "once", "two places"),
    "a rate below zero": ([P], dict(lr=-0.1), "lr", "at least 0", "-0.1"),
    "a group's rate below zero": ([{"params": [P]}, {"params": [Q], "lr": -1}], {}, "lr", "group 1", "-1"),
    "a rate of nan": ([P], dict(lr=float("nan")), "lr", "at least 0", "nan"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_bad_arguments_are_refused(optimizer, case):
    params, options, *message = BAD[case]
    assert_refused(lambda: optimizer(params, **dict(lr=0.1) | options), *message)


@pytest.mark.parametrize("step_size, expected", [(0, "at least 1"), (2.5, "whole number")])
def test_a_bad_decay_is_refused(step_size, expected):
    assert_refused(lambda: StepLR(SGD([P], 0.1), step_size), "step_size", expected, str(step_size))


@pytest.mark.parametrize("steps, warm_up", [(20, 0.25), (20, 0.0), (3, 0.05), (1, 0.0), (4, 1.0)])
def test_cosine_has_the_rates_of_the_torch_runs(steps, warm_up):
    """The rate of each step is that of `stn_numpy.pytorch.Settings`, in each group its own."""
    settings = Settings("st-fcn", "R", iterations=steps, rate=0.1, schedule="cosine", warm_up=warm_up)
    optimizer = SGD([{"params": new_parameters()[:1]}, {"params": new_parameters()[1:], "lr": 0.01}], lr=0.1)
    schedule = CosineLR(optimizer, steps, warm_up)
    for step in range(steps):
        assert [group["lr"] for group in optimizer.groups] == pytest.approx(
            [settings.rate_at(step), 0.1 * settings.rate_at(step)], rel=1e-12
        )
        walk(optimizer, [step], schedule)


@pytest.mark.parametrize("warm_up", [-0.1, 1.5, float("nan")])
def test_a_bad_warm_up_is_refused(warm_up):
    assert_refused(lambda: CosineLR(SGD([P], 0.1), 10, warm_up), "warm_up", "0 to 1", str(warm_up))


def test_nesterov_needs_a_momentum():
    assert_refused(lambda: SGD([P], 0.1, nesterov=True), "nesterov", "momentum above 0", "0.0")


@pytest.mark.parametrize("largest, clipped", [(0.5, True), (1e3, False)])
def test_gradients_are_clipped_as_torch_clips_them(largest, clipped):
    parameters = new_parameters()
    give_gradients(parameters, 0)
    before = [parameter.grad.copy() for parameter in parameters]
    tensors = [torch.zeros(parameter.data.shape, dtype=torch.float64) for parameter in parameters]
    for tensor, grad in zip(tensors, before, strict=True):
        tensor.grad = torch.tensor(grad)
    norm = clip_gradients(iter(parameters), largest)
    assert norm == pytest.approx(torch.nn.utils.clip_grad_norm_(tensors, largest).item())
    for parameter, tensor, grad in zip(parameters, tensors, before, strict=True):
        np.testing.assert_allclose(parameter.grad, tensor.grad.numpy(), rtol=1e-12)
        assert np.array_equal(parameter.grad, grad) is not clipped
