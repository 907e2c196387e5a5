"""Wrong answers to `theta_check`, and the calls that tell them apart.

The losses are at most quadratic in each entry of theta, or the step is large: so rounding plays no part.
"""

import numpy as np

from stn_numpy import affine_sample
from tests.judge import Case, Exercise


def rows_multiplied(theta):
    """The sum of each theta's first row times the sum of its second."""
    return theta.sum(axis=2).prod(axis=1)


def squares(theta):
    """The sum of each theta's squares."""
    return (theta**2).sum(axis=(1, 2))


def cubes(theta):
    """The sum of each theta's cubes."""
    return (theta**3).sum(axis=(1, 2))


def read(image, size):
    """The real sampler, as a function of theta alone."""

    def forward(theta):
        """The real sampler on two random images."""
        return affine_sample(image, theta, image.shape[:2] + size, align_corners=False)

    return forward


RNG = np.random.default_rng(0)
SMALL = np.array([[[1.0, 0, 2], [0, 2, -1]]])
TWO = np.array([[[1.0, 0, 2], [0, 2, -1]], [[0, 1, 0], [-1, 0, 3]]])
TURNED = np.array([[[0.9, -0.2, 0.07], [0.15, 0.8, -0.04]], [[0.8, 0.13, -0.11], [-0.21, 1.1, 0.05]]])

EXERCISE = Exercise(
    name="theta_check",
    answer="tests.solutions",
    gives=("d_theta",),
    cases=[
        Case(
            "forward gives the product of the sums of theta's two rows, here 3 times 1",
            rows_multiplied,
            SMALL,
            np.array([1.0]),
            step=0.375,
            expected=[[[1, 1, 1], [3, 3, 3]]],
        ),
        Case(
            "forward gives the sum of theta's squares, so that the slopes are 2 * theta",
            squares,
            SMALL,
            np.array([1.0]),
            step=0.375,
            expected=[[[2, 0, 4], [0, 4, -2]]],
        ),
        Case(
            "forward gives the sum of theta's squares, d_out is 3",
            squares,
            SMALL,
            np.array([3.0]),
            step=0.375,
            expected=[[[6, 0, 12], [0, 12, -6]]],
        ),
        Case(
            "two images, forward gives the sum of each theta's squares, d_out is 3 and -1",
            squares,
            TWO,
            np.array([3.0, -1]),
            step=0.375,
            expected=[[[6, 0, 12], [0, 12, -6]], [[0, -2, 0], [2, 0, -6]]],
        ),
        Case(
            "forward gives the sum of theta's cubes; with this step, 3 * theta ** 2 + 9 / 16",
            cubes,
            SMALL,
            np.array([1.0]),
            step=0.75,
            expected=[[[3.5625, 0.5625, 12.5625], [0.5625, 12.5625, 3.5625]]],
        ),
        Case(
            "forward is the real sampler: two images of 3 x 4, outputs of 2 x 3",
            read(RNG.uniform(0, 1, (2, 1, 3, 4)), (2, 3)),
            TURNED,
            RNG.standard_normal((2, 1, 2, 3)),
            step=1 / 1024,
        ),
    ],
)


def differences(loss, theta, step, up=1, down=1, apart=2):
    """Difference quotients of a loss, one entry at a time, `up` and `down` steps to the sides, over `apart` steps."""
    d_theta = np.empty_like(theta)
    for entry in np.ndindex(theta.shape):
        above, below = theta.copy(), theta.copy()
        above[entry] += up * step
        below[entry] -= down * step
        d_theta[entry] = (loss(above) - loss(below)) / (apart * step)
    return d_theta


def weighed(forward, d_out):
    """The loss: the output weighed with d_out."""
    return lambda theta: (d_out * forward(theta)).sum()


@EXERCISE.wrong(
    "Only a step up",
    "your difference is between a step up and no step, which is inaccurate where the loss is curved; it should be "
    "between a step up and a step down.",
    "sec-layer-check",
)
def one_sided(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out), theta, step, down=0, apart=1)


@EXERCISE.wrong(
    "Between a step up and the start, divided by two steps",
    "your function subtracts the loss at `theta` itself but divides by two steps, as also happens where one array is "
    "moved up and then down by the same step; evaluate the loss a step above and a step below, each in a fresh copy "
    "of `theta`.",
    "sec-layer-check",
)
def undone(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out), theta, step, down=0)


@EXERCISE.wrong(
    "Only a step down",
    "your difference is between no step and a step down, which is inaccurate where the loss is curved; it should be "
    "between a step up and a step down.",
    "sec-layer-check",
)
def down_only(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out), theta, step, up=0, apart=1)


@EXERCISE.wrong(
    "Half a step to each side",
    "your function moves each entry by half a step, which gives another result where the loss is not quadratic; move "
    "it by a whole step up and a whole step down.",
    "sec-layer-check",
)
def half_steps(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out), theta, step / 2)


@EXERCISE.wrong(
    "Divided by one step",
    "your result is twice what it should be; a step up and a step down are two steps apart, so divide by `2 * step`.",
    "sec-layer-check",
)
def one_step(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out), theta, step, apart=1)


@EXERCISE.wrong(
    "The brackets around `2 * step` are missing",
    "your `/ 2 * step` divides by 2 and then multiplies by the step; write `/ (2 * step)`.",
    "sec-layer-check",
)
def brackets_forgotten(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out), theta, step) * step * step


@EXERCISE.wrong(
    "Not divided by the step",
    "your function returns the difference itself; a slope is the difference divided by the distance, `2 * step`.",
    "sec-layer-check",
)
def undivided(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out), theta, step) * (2 * step)


@EXERCISE.wrong(
    "`d_out` is left out",
    "your function sums the output without `d_out`; the loss is the sum of the output times `d_out`.",
    "sec-layers-ones",
)
def without_upstream(forward, theta, d_out, step=1e-6):
    return differences(lambda moved: forward(moved).sum(), theta, step)


@EXERCISE.wrong(
    "The mean instead of the sum",
    "your loss is the mean of the weighted output; it should be the sum of all its numbers.",
    "sec-layer-check",
)
def mean_for_sum(forward, theta, d_out, step=1e-6):
    return differences(lambda moved: (d_out * forward(moved)).mean(), theta, step)


@EXERCISE.wrong(
    "All entries are moved at once",
    "your function moves all entries of `theta` together; each entry has its own slope, so move one while the others "
    "stay.",
    "sec-layer-check",
)
def all_at_once(forward, theta, d_out, step=1e-6):
    loss = weighed(forward, d_out)
    return np.full_like(theta, (loss(theta + step) - loss(theta - step)) / (2 * step))


@EXERCISE.wrong(
    "The same entry is moved in all images at once",
    "your function moves the same entry in every theta of the batch and sums over all images; each image has its own "
    "theta and so six slopes of its own.",
    "sec-layer-check",
)
def whole_batch(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out), theta, step).sum(axis=0, keepdims=True).repeat(len(theta), axis=0)


@EXERCISE.wrong(
    "Entries are not moved back",
    "your function does not move an entry back before it moves the next, so the moves accumulate; take a fresh copy "
    "of `theta` for each side, with `theta.copy()`, since `below = theta` copies nothing.",
    "sec-layer-check",
)
def piled_up(forward, theta, d_out, step=1e-6):
    theta, d_theta, loss = theta.copy(), np.empty_like(theta), weighed(forward, d_out)
    for entry in np.ndindex(theta.shape):
        theta[entry] += step
        above = loss(theta)
        theta[entry] -= 2 * step
        d_theta[entry] = (above - loss(theta)) / (2 * step)
    return d_theta


@EXERCISE.wrong(
    "The two copies are made before the loop",
    "your copies are made once, before the loop, so the moves accumulate, upwards in one and downwards in the other; "
    "make both inside the loop, for each entry.",
    "sec-layer-check",
)
def two_copies_for_all(forward, theta, d_out, step=1e-6):
    d_theta, loss = np.empty_like(theta), weighed(forward, d_out)
    above, below = theta.copy(), theta.copy()
    for entry in np.ndindex(theta.shape):
        above[entry] += step
        below[entry] -= step
        d_theta[entry] = (loss(above) - loss(below)) / (2 * step)
    return d_theta


@EXERCISE.wrong(
    "Every slope is zero",
    "your slopes are all 0, either because both sides are the same array, since `moved = theta` copies nothing and "
    "the step down undoes the step up, or because they are never written into `d_theta`; use `theta.copy()` for each "
    "side.",
    "sec-layer-check",
)
def all_zero(forward, theta, d_out, step=1e-6):
    return np.zeros_like(theta)


@EXERCISE.wrong(
    "The sign is wrong",
    "your function subtracts the loss after the step up; it should be the loss after the step up minus the loss after "
    "the step down.",
    "sec-layer-check",
)
def sign(forward, theta, d_out, step=1e-6):
    return -differences(weighed(forward, d_out), theta, step)


@EXERCISE.wrong(
    "`step` is ignored",
    "your function moves the entries by a step of its own; move them by `step`, whatever it is.",
    "sec-layer-check",
)
def own_step(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out), theta, 1e-6)


@EXERCISE.wrong(
    "The step grows with the entry",
    "your function moves an entry by the step times its size but divides by the step alone; move every entry by "
    "`step` itself.",
    "sec-layer-check",
)
def relative_step(forward, theta, d_out, step=1e-6):
    return _stepping(forward, theta, d_out, step, lambda entry: step * max(1.0, abs(entry)), step)


@EXERCISE.wrong(
    "The step is multiplied by the entry",
    "your function moves an entry by the step times the entry, so an entry of 0 does not move; move every entry by "
    "`step` itself.",
    "sec-layer-check",
)
def multiplied_step(forward, theta, d_out, step=1e-6):
    return _stepping(forward, theta, d_out, step, lambda entry: step * entry, step)


def _stepping(forward, theta, d_out, step, far, apart):
    """Difference quotients with a step for each entry, over another distance."""
    d_theta, loss = np.empty_like(theta), weighed(forward, d_out)
    for entry in np.ndindex(theta.shape):
        above, below = theta.copy(), theta.copy()
        above[entry] += far(theta[entry])
        below[entry] -= far(theta[entry])
        d_theta[entry] = (loss(above) - loss(below)) / (2 * apart)
    return d_theta


@EXERCISE.wrong(
    "Two steps down and none up",
    "your difference is between `theta` and two steps below it; it should be between a step up and a step down, both "
    "from `theta`.",
    "sec-layer-check",
)
def two_down(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out), theta, step, up=0, down=2)


@EXERCISE.wrong(
    "Two steps up and none down",
    "your difference is between `theta` and two steps above it; it should be between a step up and a step down, both "
    "from `theta`.",
    "sec-layer-check",
)
def two_up(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out), theta, step, up=2, down=0)


@EXERCISE.wrong(
    "Multiplied by `d_out` twice",
    "your function multiplies by `d_out` twice, or by its square; the loss is the output times `d_out`, once.",
    "sec-layers-ones",
)
def upstream_twice(forward, theta, d_out, step=1e-6):
    return differences(weighed(forward, d_out**2), theta, step)


@EXERCISE.wrong(
    "Only the first image is checked",
    "your function leaves the slopes of all images but the first at 0; each image has its own theta and so six slopes "
    "of its own.",
    "sec-layer-check",
)
def first_image(forward, theta, d_out, step=1e-6):
    d_theta = np.zeros_like(theta)
    d_theta[:1] = differences(weighed(forward, d_out), theta, step)[:1]
    return d_theta


@EXERCISE.wrong(
    "The absolute value of the slope",
    "your function returns the absolute value; the slope is the loss above minus the loss below, with its sign.",
    "sec-layer-check",
)
def without_sign(forward, theta, d_out, step=1e-6):
    return np.abs(differences(weighed(forward, d_out), theta, step))


@EXERCISE.wrong(
    "All entries are moved at once",
    "your function moves all entries of `theta` together; each entry has its own slope, so move one while the others "
    "stay.",
    "sec-layer-check",
)
def all_of_an_image_at_once(forward, theta, d_out, step=1e-6):
    loss, slopes = weighed(forward, d_out), np.empty_like(theta)
    for n in range(len(theta)):
        moved = np.zeros_like(theta)
        moved[n] = step
        slopes[n] = (loss(theta + moved) - loss(theta - moved)) / (2 * step)
    return slopes


@EXERCISE.wrong(
    "The step is multiplied by the entry",
    "your function moves an entry by the step times the entry, so an entry of 0 does not move; move every entry by "
    "`step` itself.",
    "sec-layer-check",
)
def step_times_entry(forward, theta, d_out, step=1e-6):
    loss, slopes = weighed(forward, d_out), np.empty_like(theta)
    for entry in np.ndindex(theta.shape):
        moved = np.zeros_like(theta)
        moved[entry] = step * theta[entry] or step
        slopes[entry] = (loss(theta + moved) - loss(theta - moved)) / (2 * step)
    return slopes


@EXERCISE.right_too
def along_unit_thetas(forward, theta, d_out, step=1e-6):
    slopes = []
    for unit in np.eye(theta.size):
        move = step * unit.reshape(theta.shape)
        slopes.append(np.vdot(d_out, forward(theta + move) - forward(theta - move)) / (2 * step))
    return np.reshape(slopes, theta.shape)


@EXERCISE.right_too
def all_images_at_once(forward, theta, d_out, step=1e-6):
    """Each image depends on its own theta only, so one entry can be moved in all and summed for each."""
    d_theta = np.zeros((len(theta), 2, 3))
    for row in range(2):
        for column in range(3):
            above, below = theta.copy(), theta.copy()
            above[:, row, column] += step
            below[:, row, column] -= step
            change = (d_out * (forward(above) - forward(below))).reshape(len(theta), -1)
            d_theta[:, row, column] = change.sum(axis=1) / (2 * step)
    return d_theta


@EXERCISE.right_too
def moved_and_put_back(forward, theta, d_out, step=1e-6):
    moved, d_theta = theta.copy(), np.zeros(theta.shape)
    for place in range(theta.size):
        before = moved.flat[place]
        moved.flat[place] = before - step
        below = np.sum(d_out * forward(moved))
        moved.flat[place] = before + step
        d_theta.flat[place] = (np.sum(d_out * forward(moved)) - below) / (2 * step)
        moved.flat[place] = before
    return d_theta
