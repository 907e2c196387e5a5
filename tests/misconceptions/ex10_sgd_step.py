"""Wrong answers to `sgd_step`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

PARAMS = [np.array([1.0, 2.0]), np.array([3.0]), np.array([4.0, 5.0])]
GRADS = [np.array([2.0, -2.0]), np.array([-4.0]), np.array([0.0, 6.0])]
RNG = np.random.default_rng(0)
SHAPES = (2, 3), (2,), (3, 2)


def groups(*parts, params=PARAMS, grads=GRADS):
    """Groups from (how many parameters, rate or None), as the three parameters come in their order."""
    made, place = [], 0
    for count, rate in parts:
        chosen = slice(place, place + count)
        made.append({"params": params[chosen], "grads": grads[chosen]} | ({} if rate is None else {"lr": rate}))
        place += count
    return made


EXERCISE = Exercise(
    name="sgd_step",
    answer="tests.solutions",
    gives=("first parameter", "second parameter", "third parameter"),
    fresh=True,
    cases=[
        Case("one group, and no rate of its own", groups((3, None)), 0.5, expected=([0, 3], [5], [4, 2])),
        Case(
            "two groups, the first at a rate of its own, the second at the default",
            groups((2, 0.25), (1, None)),
            0.5,
            expected=([0.5, 2.5], [4], [4, 2]),
        ),
        Case(
            "two groups, the first at the default, the second at a rate of its own",
            groups((2, None), (1, 0.25)),
            0.5,
            expected=([0, 3], [5], [4, 3.5]),
        ),
        Case(
            "three groups, and the last is frozen: its rate is 0",
            groups((1, 0.25), (1, None), (1, 0.0)),
            0.5,
            expected=([0.5, 2.5], [5], [4, 5]),
        ),
        Case(
            "matrices in float32, two rates",
            groups(
                (2, 0.1),
                (1, 0.01),
                params=[RNG.random(shape, np.float32) for shape in SHAPES],
                grads=[RNG.standard_normal(shape, np.float32) for shape in SHAPES],
            ),
            0.001,
        ),
    ],
)


def _moved(groups, rate_of, sign=-1):
    """All parameters after a step, with a rate for each group."""
    return tuple(
        param + sign * rate_of(group) * grad for group in groups for param, grad in zip(group["params"], group["grads"])
    )


@EXERCISE.wrong(
    "The step goes uphill",
    "your function adds the step; the gradient points to where the loss grows, so subtract it.",
    "sec-training-hand",
)
def uphill(groups, lr):
    return _moved(groups, lambda group: group.get("lr", lr), sign=1)


@EXERCISE.wrong(
    "The rate is left out",
    "your function subtracts the whole gradient; the step is the rate times the gradient.",
    "sec-training-hand",
)
def whole_gradient(groups, lr):
    return _moved(groups, lambda group: 1)


@EXERCISE.wrong(
    "Parameters and gradients are exchanged",
    "your function moves the gradient by the rate times the parameter; the parameter should move by the rate times "
    "its gradient.",
    "sec-training-hand",
)
def exchanged(groups, lr):
    return tuple(
        grad - group.get("lr", lr) * param for group in groups for param, grad in zip(group["params"], group["grads"])
    )


@EXERCISE.wrong(
    "The default rate is used for all",
    "your function uses `lr` for every group; a group with a rate of its own uses that.",
    "sec-training-pair",
)
def default_for_all(groups, lr):
    return _moved(groups, lambda group: lr)


@EXERCISE.wrong(
    "The group's rate times the default",
    "your function multiplies a group's rate by the default; it should replace the default.",
    "sec-training-pair",
)
def multiplied(groups, lr):
    return _moved(groups, lambda group: lr * group.get("lr", 1))


@EXERCISE.wrong(
    "A rate is carried over to the next group",
    "your function overwrites `lr` with a group's rate, so later groups without a rate use that one; they should use "
    "the default.",
    "sec-training-pair",
)
def leaks(groups, lr):
    moved = []
    for group in groups:
        lr = group.get("lr", lr)
        moved += [param - lr * grad for param, grad in zip(group["params"], group["grads"])]
    return tuple(moved)


@EXERCISE.wrong(
    "The last group's rate is used for all",
    "your function uses the last group's rate for every group; determine the rate inside the loop over the groups.",
    "sec-training-pair",
)
def last_for_all(groups, lr):
    return _moved(groups, lambda group: groups[-1].get("lr", lr))


@EXERCISE.wrong(
    "A rate of 0 is taken for a missing one",
    "your function uses the default where a group's rate is 0, because 0 is false in Python; that group is frozen, so "
    "check whether the group has a rate, not whether the rate is true.",
    "sec-training-pair",
)
def zero_is_none(groups, lr):
    return _moved(groups, lambda group: group.get("lr") or lr)


@EXERCISE.wrong(
    "Groups without a rate do not move",
    "your function does not move groups without a rate; they should use the default, `lr`.",
    "sec-training-pair",
)
def stands_still(groups, lr):
    return _moved(groups, lambda group: group.get("lr", 0.0))


@EXERCISE.wrong(
    "Every group is expected to have a rate",
    'your `group["lr"]` raises `KeyError` where the group has no rate; such a group uses the default, `lr`.',
    "sec-training-pair",
)
def rate_expected(groups, lr):
    return _moved(groups, lambda group: group["lr"])


@EXERCISE.wrong(
    "The step, not the parameter",
    "your function returns the step alone; return the parameters after the step, the old ones minus the rate times "
    "the gradient.",
    "sec-training-hand",
)
def step_alone(groups, lr):
    return tuple(-group.get("lr", lr) * grad for group in groups for grad in group["grads"])


@EXERCISE.wrong(
    "The gradient's mean instead of the gradient",
    "your function moves all numbers of an array by the mean of its gradient; each number should move by its own "
    "gradient.",
    "sec-training-hand",
)
def averaged(groups, lr):
    return tuple(
        param - group.get("lr", lr) * grad.mean()
        for group in groups
        for param, grad in zip(group["params"], group["grads"])
    )


@EXERCISE.wrong(
    "The old parameters are overwritten",
    "your `-=` writes into the arrays that were passed in, which is right in the chapter's loop; here new arrays are "
    "required, as `param - rate * grad` makes them.",
    "sec-training-hand",
)
def in_place(groups, lr):
    moved = []
    for group in groups:
        for param, grad in zip(group["params"], group["grads"]):
            param -= group.get("lr", lr) * grad
            moved.append(param)
    return tuple(moved)


@EXERCISE.wrong(
    "Steps of the same length",
    "your function divides the gradient by its length first; the step is the rate times the gradient, so it is longer "
    "where the loss is steeper.",
    "sec-training-hand",
)
def normalised(groups, lr):
    return _stepped(groups, lr, lambda grad: grad / (np.linalg.norm(grad) or 1))


@EXERCISE.wrong(
    "Only the sign of the gradient",
    "your function uses the sign of the gradient without its size; the step is the rate times the gradient, so it is "
    "longer where the loss is steeper.",
    "sec-training-hand",
)
def signs(groups, lr):
    return _stepped(groups, lr, np.sign)


@EXERCISE.wrong(
    "The gradient is squared",
    "your function squares the gradient, which loses its sign; the step is the rate times the gradient itself.",
    "sec-training-hand",
)
def squared(groups, lr):
    return _stepped(groups, lr, np.square)


@EXERCISE.wrong(
    "Half a step", "your function takes half of the step; it should be `old - rate * gradient`.", "sec-training-hand"
)
def half_a_step(groups, lr):
    return _stepped(groups, lr, lambda grad: grad / 2)


@EXERCISE.wrong(
    "The step is taken twice",
    "your function takes the step twice; it should be `old - rate * gradient`, once for each parameter.",
    "sec-training-hand",
)
def two_steps(groups, lr):
    return _stepped(groups, lr, lambda grad: 2 * grad)


def _stepped(groups, lr, change):
    return tuple(
        (param - group.get("lr", lr) * change(grad)).astype(param.dtype)
        for group in groups
        for param, grad in zip(group["params"], group["grads"])
    )


@EXERCISE.wrong(
    "Weight decay as well",
    "your function also subtracts the rate times the parameter; there is no weight decay here.",
    "sec-training-hand",
)
def decayed(groups, lr):
    return tuple(
        param - group.get("lr", lr) * (grad + param)
        for group in groups
        for param, grad in zip(group["params"], group["grads"])
    )


@EXERCISE.wrong(
    "The first group's rate is used for all",
    "your function uses the first group's rate for every group; each group uses its own, or the default.",
    "sec-training-pair",
)
def first_for_all(groups, lr):
    return _moved(groups, lambda group: groups[0].get("lr", lr))


@EXERCISE.wrong(
    "The default is added to a group's rate",
    "your function adds the default to a group's rate; it should replace the default.",
    "sec-training-pair",
)
def rates_added(groups, lr):
    return _moved(groups, lambda group: lr + group.get("lr", 0))


@EXERCISE.wrong(
    "Nothing moves",
    "your function returns the parameters unchanged; return the old ones minus the rate times the gradient.",
    "sec-training-hand",
)
def unmoved(groups, lr):
    return _moved(groups, lambda group: 0)


@EXERCISE.wrong(
    "The larger of the two rates",
    "your function uses the larger of the default and a group's rate; a group with a rate of its own uses that, "
    "whichever is larger.",
    "sec-training-pair",
)
def larger_rate(groups, lr):
    return _moved(groups, lambda group: max(group.get("lr", lr), lr))


@EXERCISE.wrong(
    "The smaller of the two rates",
    "your function uses the smaller of the default and a group's rate; a group with a rate of its own uses that, "
    "whichever is smaller.",
    "sec-training-pair",
)
def smaller_rate(groups, lr):
    return _moved(groups, lambda group: min(group.get("lr", lr), lr))


@EXERCISE.wrong(
    "Only the first group",
    "your function returns the parameters of the first group alone, as it does where the return is indented "
    "into the loop; return those of every group, one group after the other.",
    "sec-training-pair",
)
def first_group_alone(groups, lr):
    return _moved(groups[:1], lambda group: group.get("lr", lr))


@EXERCISE.wrong(
    "Only the last parameter of each group",
    "your function keeps the last parameter of each group alone, as it does where `append` is outside the inner loop; "
    "return all of them.",
    "sec-training-pair",
)
def last_of_each_group(groups, lr):
    return tuple(_moved([group], lambda group: group.get("lr", lr))[-1] for group in groups)


@EXERCISE.right_too
def number_by_number(groups, lr):
    moved = []
    for group in groups:
        rate = group["lr"] if "lr" in group else lr
        for param, grad in zip(group["params"], group["grads"]):
            new = np.empty_like(param)
            for place in np.ndindex(param.shape):
                new[place] = param[place] - rate * grad[place]
            moved.append(new)
    return moved


@EXERCISE.right_too
def on_copies(groups, lr):
    moved = [param.copy() for group in groups for param in group["params"]]
    rates = [{"lr": lr, **group}["lr"] for group in groups for _ in group["params"]]
    grads = [grad for group in groups for grad in group["grads"]]
    for param, rate, grad in zip(moved, rates, grads):
        param -= (rate * grad.astype("float64")).astype(param.dtype)
    return tuple(moved)
