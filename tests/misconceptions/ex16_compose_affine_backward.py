"""Wrong answers to `compose_affine_backward`, and the calls that tell them apart.

By hand: with second = a step to the right by 1/2 and a gradient for one entry at a time, d_first can be read off; with
first = a quarter turn, d_second is the gradient turned back.
"""

import numpy as np

from stn_numpy import compose_affine_backward
from tests.judge import Case, Exercise

RIGHT = np.array([[[1.0, 0, 0.5], [0, 1, 0]]])
QUARTER = np.array([[[0.0, -1, 0], [1, 0, 0]]])
ZOOM = np.array([[[0.5, 0, 0.25], [0, 0.5, -0.5]]])
ONE_TO_SIX = np.array([[[1.0, 2, 3], [4, 5, 6]]])
RNG = np.random.default_rng(0)
D, FIRST, SECOND = RNG.normal(size=(3, 3, 2, 3))

EXERCISE = Exercise(
    name="compose_affine_backward",
    answer="stn_numpy.compose",
    gives=("d_first", "d_second"),
    cases=[
        Case(
            "a quarter turn reads the image, a look to the right reads what it shows",
            ONE_TO_SIX,
            QUARTER,
            RIGHT,
            expected=([[[2.5, 2, 3], [7, 5, 6]]], [[[4, 5, 6], [-1, -2, -3]]]),
        ),
        Case(
            "a zoom reads the image, a quarter turn reads what it shows",
            ONE_TO_SIX,
            ZOOM,
            QUARTER,
            expected=([[[-2, 1, 3], [-5, 4, 6]]], [[[0.5, 1, 1.5], [2, 2.5, 3]]]),
        ),
        Case("three pairs, one for each image of the batch", D, FIRST, SECOND),
        Case("two pairs in float32", *(array[:2].astype("float32") for array in (D, SECOND, FIRST))),
    ],
)


def below(theta):
    """With the row (0, 0, 1) below: (N, 3, 3)."""
    row = np.zeros_like(theta[:, :1])
    row[..., 2] = 1
    return np.concatenate([theta, row], axis=1)


@EXERCISE.wrong(
    "The order is reversed",
    "your function computes the gradient of `second` times `first`; `first` reads the image and is on the left of the "
    "product.",
    "sec-series-back",
)
def reversed_order(d_theta, first, second):
    return compose_affine_backward(d_theta, second, first)[::-1]


@EXERCISE.wrong(
    "The two gradients are exchanged",
    "your function returns the gradient of `second` first; that of `first`, the theta that reads the image, should "
    "come first.",
    "sec-series-back",
)
def exchanged(d_theta, first, second):
    return compose_affine_backward(d_theta, first, second)[::-1]


@EXERCISE.wrong(
    "`second` is not transposed",
    "your `d_first` multiplies by `second` without transposing it; the gradient of one factor of a product is "
    "multiplied by the transpose of the other.",
    "sec-series-back",
)
def second_as_it_is(d_theta, first, second):
    linear = d_theta[:, :, :2] @ second[:, :, :2] + d_theta[:, :, 2:] * second[:, None, :, 2]
    right = compose_affine_backward(d_theta, first, second)
    return np.concatenate([linear, d_theta[:, :, 2:]], axis=2), right[1]


@EXERCISE.wrong(
    "`first` is not transposed",
    "your `d_second` multiplies by `first` without transposing it; the gradient of one factor of a product is "
    "multiplied by the transpose of the other.",
    "sec-series-back",
)
def first_as_it_is(d_theta, first, second):
    return compose_affine_backward(d_theta, first, second)[0], first[:, :, :2] @ d_theta


@EXERCISE.wrong(
    "Neither factor is transposed",
    "your function multiplies by `first` and `second` without transposing them; the gradient of one factor of a "
    "product is multiplied by the transpose of the other.",
    "sec-series-back",
)
def both_as_they_are(d_theta, first, second):
    return second_as_it_is(d_theta, first, second)[0], first[:, :, :2] @ d_theta


@EXERCISE.wrong(
    "The row (0, 0, 1) is missing",
    "your gradient of the shift of `first` is 0; that shift is added to the joint one unchanged, so its gradient is "
    "the third column of `d_theta`.",
    "sec-series-back",
)
def row_forgotten(d_theta, first, second):
    d_first, d_second = compose_affine_backward(d_theta, first, second)
    d_first = d_first.copy()
    d_first[:, :, 2] = 0
    return d_first, d_second


@EXERCISE.wrong(
    "The shift of `second` is missing in `d_first`",
    "your gradient of the linear part of `first` leaves out the shift of `second`; the joint shift contains the "
    "linear part of `first` times that shift, so add the third column of `d_theta` times the shift of `second`.",
    "sec-series-back",
)
def lever_forgotten(d_theta, first, second):
    linear = d_theta[:, :, :2] @ second[:, :, :2].swapaxes(1, 2)
    return (np.concatenate([linear, d_theta[:, :, 2:]], axis=2), compose_affine_backward(d_theta, first, second)[1])


@EXERCISE.wrong(
    "The shift of `second` has no gradient",
    "your gradient of the shift of `second` is 0; `first` maps that shift, so its gradient is the third column of "
    "`d_theta` multiplied by the transposed linear part of `first`.",
    "sec-series-back",
)
def shift_unheard(d_theta, first, second):
    d_first, d_second = compose_affine_backward(d_theta, first, second)
    d_second = d_second.copy()
    d_second[:, :, 2] = 0
    return d_first, d_second


@EXERCISE.wrong(
    "The shift of `second` gets `d_theta` unchanged",
    "your gradient of the shift of `second` is the third column of `d_theta` unchanged; `first` maps that shift, so "
    "multiply by the transposed linear part of `first`.",
    "sec-series-back",
)
def shift_unmapped(d_theta, first, second):
    d_first, d_second = compose_affine_backward(d_theta, first, second)
    return d_first, np.concatenate([d_second[:, :, :2], d_theta[:, :, 2:]], axis=2)


@EXERCISE.wrong(
    "The constant row has a gradient",
    "your `d_second` has a third row; the row (0, 0, 1) below `second` is constant, so leave it out.",
    "sec-series-back",
)
def constant_row(d_theta, first, second):
    return compose_affine_backward(d_theta, first, second)[0], first.swapaxes(1, 2) @ d_theta


@EXERCISE.wrong(
    "Inverted instead of transposed",
    "your function multiplies by the inverse; a gradient passes back through a matrix by its transpose, which equals "
    "the inverse only for rotations and reflections.",
    "sec-series-back",
)
def inverted(d_theta, first, second):
    linear = np.linalg.inv(first[:, :, :2].astype("float64")).astype(first.dtype)
    return (d_theta @ np.linalg.inv(below(second)), linear @ d_theta)


@EXERCISE.wrong(
    "Both get `d_theta` unchanged",
    "your function returns `d_theta` for both, as for a sum; the thetas are multiplied, so the gradient of each is "
    "multiplied by the other.",
    "sec-series-back",
)
def unchanged(d_theta, first, second):
    return d_theta.copy(), d_theta.copy()


@EXERCISE.wrong(
    "Multiplied element by element",
    "your function multiplies entries at the same place; the thetas were composed by a matrix product, rows times "
    "columns.",
    "sec-series-back",
)
def number_by_number(d_theta, first, second):
    return d_theta * second, d_theta * first


@EXERCISE.wrong(
    "Summed over the batch",
    "your function gives every image the sum over the batch; each image has its own `first` and `second`, whose "
    "gradients come from its own `d_theta` alone.",
    "sec-series-back",
)
def over_the_batch(d_theta, first, second):
    both = compose_affine_backward(d_theta, first, second)
    return tuple(np.broadcast_to(d.sum(axis=0), d.shape).copy() for d in both)


@EXERCISE.wrong(
    "The opposite sign",
    "your result has the opposite sign; return the gradients, and the optimizer takes the step against them.",
    "sec-series-back",
)
def opposite(d_theta, first, second):
    return tuple(-d for d in compose_affine_backward(d_theta, first, second))


@EXERCISE.wrong(
    "The shift of `first` enters `d_second`",
    "your `d_second` contains the shift of `first`; that shift is added after `second` has been mapped, so it plays "
    "no part.",
    "sec-series-back",
)
def shift_of_first(d_theta, first, second):
    d_first, d_second = compose_affine_backward(d_theta, first, second)
    return d_first, d_second + first[:, :, 2:]


@EXERCISE.wrong(
    "The shift of `first` gets `d_theta` through `second`",
    "your gradient of the shift of `first` is multiplied by the linear part of `second`; that shift is added to the "
    "joint one unchanged, so its gradient is the third column of `d_theta`.",
    "sec-series-back",
)
def shift_through_second(d_theta, first, second):
    d_first, d_second = compose_affine_backward(d_theta, first, second)
    shift = second[:, :, :2].swapaxes(1, 2) @ d_theta[:, :, 2:]
    return np.concatenate([d_first[:, :, :2], shift], axis=2), d_second


@EXERCISE.wrong(
    "Each is multiplied by itself",
    "your function multiplies the gradient of each factor by that factor; multiply it by the transpose of the other.",
    "sec-series-back",
)
def through_itself(d_theta, first, second):
    return d_theta @ below(first).swapaxes(1, 2), second[:, :, :2].swapaxes(1, 2) @ d_theta


@EXERCISE.wrong(
    "The mean over the batch",
    "your function gives every image the mean over the batch; each image has its own `first` and `second`, whose "
    "gradients come from its own `d_theta` alone.",
    "sec-series-back",
)
def mean_of_batch(d_theta, first, second):
    both = compose_affine_backward(d_theta, first, second)
    return tuple(np.broadcast_to(d.mean(axis=0), d.shape).astype(d.dtype) for d in both)


@EXERCISE.wrong(
    "Only the linear parts have a gradient",
    "your gradients of the shifts are 0; the shifts are parameters like the others.",
    "sec-series-back",
)
def linear_alone(d_theta, first, second):
    both = [d.copy() for d in compose_affine_backward(d_theta, first, second)]
    for d in both:
        d[:, :, 2] = 0
    return tuple(both)


@EXERCISE.right_too
def with_whole_matrices(d_theta, first, second):
    """The backward of a product of two 3 x 3 matrices, then without the constant rows."""
    gradient = np.concatenate([d_theta, np.zeros_like(d_theta[:, :1])], axis=1)
    d_first, d_second = gradient @ below(second).swapaxes(1, 2), below(first).swapaxes(1, 2) @ gradient
    return d_first[:, :2], d_second[:, :2]


@EXERCISE.right_too
def with_einsum(d_theta, first, second):
    return np.einsum("nik,njk->nij", d_theta, below(second)), np.einsum("nki,nkj->nij", first[..., :2], d_theta)


@EXERCISE.right_too
def with_loops(d_theta, first, second):
    d_first, d_second, whole = np.zeros_like(first), np.zeros_like(second), below(second)
    for n, i, j, k in np.ndindex(len(first), 2, 3, 3):
        d_first[n, i, k] += d_theta[n, i, j] * whole[n, k, j]
        if k < 2:
            d_second[n, k, j] += first[n, i, k] * d_theta[n, i, j]
    return d_first, d_second
