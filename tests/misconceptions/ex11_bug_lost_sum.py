"""Wrong corrections of `bug_lost_sum`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
MANY = RNG.uniform(-1.5, 6.5, 15).round(2)
GIVEN = RNG.normal(size=15)

EXERCISE = Exercise(
    name="bug_lost_sum",
    answer="tests.solutions",
    gives=("d_row",),
    cases=[
        Case(
            "two positions, far from each other",
            np.array([2.0, 4]),
            np.array([0.25, 3]),
            5,
            expected=[1.5, 0.5, 0, 4, 0],
        ),
        Case("two positions on the same pixel", np.array([2.0, 3]), np.array([1.0, 1]), 3, expected=[0, 5, 0]),
        Case(
            "two positions with one pixel in common", np.array([4.0, 8]), np.array([0.5, 1.25]), 3, expected=[2, 8, 2]
        ),
        Case("three positions", np.array([1.0, 2, 4]), np.array([0.0, 1, 0]), 2, expected=[5, 2]),
        Case(
            "what one worker gives takes away what the other gave",
            np.array([3.0, -3]),
            np.array([0.0, 0]),
            2,
            expected=[0, 0],
        ),
        Case("a single position", np.array([6.0]), np.array([-0.5]), 2, expected=[3, 0]),
        Case("many positions", GIVEN, MANY, 6),
        Case("many positions, in float32", GIVEN.astype("float32"), MANY.astype("float32"), 6),
    ],
)


def one_share(d_out, position, length):
    """What one worker adds up."""
    mine = np.zeros(length, d_out.dtype)
    for given, place in zip(d_out, position):
        left = int(np.floor(place))
        for pixel in (left, left + 1):
            if 0 <= pixel < length:
                mine[pixel] += (1 - abs(place - pixel)) * given
    return mine


def both_shares(d_out, position, length, half=None):
    half = len(position) // 2 if half is None else half
    return one_share(d_out[:half], position[:half], length), one_share(d_out[half:], position[half:], length)


@EXERCISE.wrong(
    "As it was found",
    "the code replaces the first worker's sum with the second's where both have read a pixel; both contribute to its "
    "gradient, so add them.",
    "sec-fast-race",
)
def as_found(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where(second != 0, second, first)


@EXERCISE.wrong(
    "The first worker comes last",
    "your function replaces the second worker's sum with the first's where both have read a pixel; add the two, in "
    "whichever order.",
    "sec-fast-race",
)
def other_order(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where(first != 0, first, second)


@EXERCISE.wrong(
    "Only the second worker's sum is kept",
    "your function drops the first worker's sum; `d_row` is the sum of both.",
    "sec-fast-race",
)
def last_alone(d_out, position, length):
    return both_shares(d_out, position, length)[1]


@EXERCISE.wrong(
    "Only the first worker's sum is kept",
    "your function drops the second worker's sum; `d_row` is the sum of both.",
    "sec-fast-race",
)
def first_alone(d_out, position, length):
    return both_shares(d_out, position, length)[0]


@EXERCISE.wrong(
    "The first worker's sum is added twice",
    "your function adds the first worker's sum twice, as when the second continues in the first one's array and both "
    "are added; each worker starts from zero and adds its own sum.",
    "sec-fast-race",
)
def first_twice(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return first + (first + second)


@EXERCISE.wrong(
    "The larger of the two sums",
    "your function keeps the sum with the larger absolute value; where both workers have read a pixel its gradient is "
    "the sum, 5 for 2 and 3.",
    "sec-fast-race",
)
def larger(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where(np.abs(first) > np.abs(second), first, second)


@EXERCISE.wrong(
    "The maximum of the two sums",
    "your function takes the maximum, although a gradient may be negative; where both workers have read a pixel its "
    "gradient is the sum.",
    "sec-fast-race",
)
def maximum(d_out, position, length):
    return np.maximum(*both_shares(d_out, position, length))


@EXERCISE.wrong(
    "The mean of the two sums",
    "your function halves the sum of both workers; each of the two parts should count in full.",
    "sec-fast-race",
)
def mean(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return ((first + second) / 2).astype(d_out.dtype)


@EXERCISE.wrong(
    "The mean where both have read a pixel",
    "your function takes the mean where both workers have read a pixel; its gradient is the sum.",
    "sec-fast-race",
)
def mean_where_shared(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where((first != 0) & (second != 0), (first + second) / 2, first + second).astype(d_out.dtype)


@EXERCISE.wrong(
    "Pixels that both have read are left out",
    "your function leaves the gradient at 0 where both workers have read a pixel; it should be the sum of both.",
    "sec-fast-race",
)
def left_out(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where((first != 0) & (second != 0), 0, first + second).astype(d_out.dtype)


@EXERCISE.wrong(
    "A worker keeps only its last contribution",
    "your function replaces a worker's earlier contributions to a pixel; a worker may read a pixel more than once, so "
    "it adds, `mine[pixel] += ...`.",
    "sec-fast-race",
)
def replaced_within(d_out, position, length):
    total = np.zeros(length, d_out.dtype)
    half = len(position) // 2
    for share in (slice(0, half), slice(half, None)):
        mine = np.zeros(length, d_out.dtype)
        for given, place in zip(d_out[share], position[share]):
            for pixel in (int(np.floor(place)), int(np.floor(place)) + 1):
                if 0 <= pixel < length:
                    mine[pixel] = (1 - abs(place - pixel)) * given
        total += mine
    return total


@EXERCISE.wrong(
    "The last of an odd number is left out",
    "your function leaves out the last of an odd number of positions; of three positions the second worker has two, "
    "so its share ends at `len(position)`, not at `2 * half`.",
    "sec-fast-race",
)
def odd_left_out(d_out, position, length):
    even = len(position) // 2 * 2
    return one_share(d_out[:even], position[:even], length)


@EXERCISE.wrong(
    "One position is counted by both",
    "your function gives the position in the middle to both workers; each position should belong to one of them.",
    "sec-fast-race",
)
def two_owners(d_out, position, length):
    half = len(position) // 2
    return one_share(d_out[: half + 1], position[: half + 1], length) + one_share(d_out[half:], position[half:], length)


@EXERCISE.wrong(
    "The second worker's sum is subtracted",
    "your function subtracts the second worker's sum; add both.",
    "sec-fast-race",
)
def subtracted(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return first - second


@EXERCISE.wrong(
    "The two sums are multiplied",
    "your function multiplies the two sums; where both workers have read a pixel its gradient is the sum, 5 for 2 and "
    "3.",
    "sec-fast-race",
)
def multiplied(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where((first != 0) & (second != 0), first * second, first + second)


@EXERCISE.wrong(
    "The weights are missing",
    "your function gives both neighbours the whole upstream gradient; each should receive its weight, 1 - |distance|, "
    "times that.",
    "sec-fast-race",
)
def without_weights(d_out, position, length):
    d_row = np.zeros(length, d_out.dtype)
    for given, place in zip(d_out, position):
        for pixel in (int(np.floor(place)), int(np.floor(place)) + 1):
            if 0 <= pixel < length:
                d_row[pixel] += given
    return d_row


@EXERCISE.wrong(
    "The second worker's sum is added twice",
    "your function adds the second worker's sum twice; each worker's sum should be added once.",
    "sec-fast-race",
)
def second_twice(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return first + 2 * second


@EXERCISE.wrong(
    "The last position is left out",
    "your function leaves out the last position; the second worker has all positions from `half` to `len(position)`.",
    "sec-fast-race",
)
def last_left_out(d_out, position, length):
    return one_share(d_out[:-1], position[:-1], length)


@EXERCISE.wrong(
    "The smaller of the two sums",
    "your function keeps the sum with the smaller absolute value; where both workers have read a pixel its gradient "
    "is the sum, 5 for 2 and 3.",
    "sec-fast-race",
)
def smaller(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    both = (first != 0) & (second != 0)
    return np.where(both, np.where(np.abs(first) < np.abs(second), first, second), first + second)


@EXERCISE.wrong(
    "The minimum of the two sums",
    "your function takes the minimum, although a gradient may be positive; where both workers have read a pixel its "
    "gradient is the sum.",
    "sec-fast-race",
)
def minimum(d_out, position, length):
    return np.minimum(*both_shares(d_out, position, length))


@EXERCISE.wrong(
    "Added after every position",
    "your function adds a worker's sum to `d_row` after each position, so early positions count several times;"
    " add it once, when the worker has finished.",
    "sec-fast-race",
)
def too_often(d_out, position, length):
    d_row, half = np.zeros(length, d_out.dtype), len(position) // 2
    for share in (slice(0, half), slice(half, None)):
        for upto in range(1, len(position[share]) + 1):
            d_row += one_share(d_out[share][:upto], position[share][:upto], length)
    return d_row


@EXERCISE.right_too
def with_one_worker(d_out, position, length):
    return one_share(d_out, position, length)


@EXERCISE.right_too
def with_bands(d_out, position, length):
    """Each worker has half of the pixels, and goes through all positions."""
    d_row = np.zeros(length, d_out.dtype)
    for pixel in range(length):
        for given, place in zip(d_out, position):
            d_row[pixel] += max(0, 1 - abs(place - pixel)) * given
    return d_row


@EXERCISE.right_too
def with_add_at(d_out, position, length):
    """np.add.at adds where an index comes twice; d_row[index] += ... would not."""
    d_row, left = np.zeros(length + 2), np.floor(np.clip(position, -1, length)).astype(int)
    fraction = position - np.floor(position)
    inside = (position > -1) & (position < length)
    np.add.at(d_row, np.where(inside, left + 1, 0), np.where(inside, (1 - fraction) * d_out, 0))
    np.add.at(d_row, np.where(inside, left + 2, 0), np.where(inside, fraction * d_out, 0))
    return d_row[1:-1].astype(d_out.dtype)
