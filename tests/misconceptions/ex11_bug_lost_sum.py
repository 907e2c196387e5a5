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
    "the second worker's sum takes the place of the first one's wherever both have touched a pixel; gradients that "
    "arrive twice are added.",
    "sec-fast-race",
)
def as_found(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where(second != 0, second, first)


@EXERCISE.wrong(
    "The first worker comes last",
    "now the first one's sum takes the place of the second one's; in "
    "neither order is anything to be replaced, only added.",
    "sec-fast-race",
)
def other_order(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where(first != 0, first, second)


@EXERCISE.wrong(
    "Only the last worker is kept",
    "whatever the first one has added up is thrown away; d_row is the sum of both.",
    "sec-fast-race",
)
def last_alone(d_out, position, length):
    return both_shares(d_out, position, length)[1]


@EXERCISE.wrong(
    "Only the first worker is kept",
    "whatever the second one has added up is thrown away; d_row is the sum of both.",
    "sec-fast-race",
)
def first_alone(d_out, position, length):
    return both_shares(d_out, position, length)[0]


@EXERCISE.wrong(
    "The first worker's sum arrives twice",
    "each worker starts from zero and adds its own sum; if the second goes on from the first one's array and "
    "everything is added, the first one's counts twice.",
    "sec-fast-race",
)
def first_twice(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return first + (first + second)


@EXERCISE.wrong(
    "The larger of the two sums",
    "where both have touched a pixel its gradient is the sum, 2 and 3 is 5; yours keeps the larger one.",
    "sec-fast-race",
)
def larger(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where(np.abs(first) > np.abs(second), first, second)


@EXERCISE.wrong(
    "The greater of the two, sign included",
    "a gradient may be negative, and where both have touched a pixel it is the sum; yours takes the maximum.",
    "sec-fast-race",
)
def maximum(d_out, position, length):
    return np.maximum(*both_shares(d_out, position, length))


@EXERCISE.wrong(
    "The mean of the two sums",
    "two workers share one sum, and each of their parts counts in full; yours halves them.",
    "sec-fast-race",
)
def mean(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return ((first + second) / 2).astype(d_out.dtype)


@EXERCISE.wrong(
    "The mean where both have touched",
    "a pixel that both have touched has the sum of what they give; yours takes the mean there.",
    "sec-fast-race",
)
def mean_where_shared(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where((first != 0) & (second != 0), (first + second) / 2, first + second).astype(d_out.dtype)


@EXERCISE.wrong(
    "Contested pixels are left out",
    "a pixel that both touch has a gradient like any other, the sum of both; yours leaves it at 0 there.",
    "sec-fast-race",
)
def left_out(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where((first != 0) & (second != 0), 0, first + second).astype(d_out.dtype)


@EXERCISE.wrong(
    "Each pixel takes one gradient only",
    "a worker may itself come to a pixel more than once, and adds: mine[pixel] += ...; yours replaces there as well.",
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
    "An odd position is left out",
    "of three positions the second worker has two: its share ends at len(position), not at 2 * half.",
    "sec-fast-race",
)
def odd_left_out(d_out, position, length):
    even = len(position) // 2 * 2
    return one_share(d_out[:even], position[:even], length)


@EXERCISE.wrong(
    "One position has two owners",
    "each position belongs to one worker; yours gives the one in the middle to both.",
    "sec-fast-race",
)
def two_owners(d_out, position, length):
    half = len(position) // 2
    return one_share(d_out[: half + 1], position[: half + 1], length) + one_share(d_out[half:], position[half:], length)


@EXERCISE.wrong(
    "The second worker's sum is taken off", "both workers' sums are added; yours subtracts the second.", "sec-fast-race"
)
def subtracted(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return first - second


@EXERCISE.wrong(
    "The two sums are multiplied",
    "where both have touched a pixel its gradient is the sum, 2 and 3 is 5; yours is the product.",
    "sec-fast-race",
)
def multiplied(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return np.where((first != 0) & (second != 0), first * second, first + second)


@EXERCISE.wrong(
    "The weights are lost",
    "each position gives a pixel its weight, 1 - |distance|, times the upstream gradient; yours gives both neighbours "
    "all of it.",
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
    "The second worker's sum arrives twice",
    "each worker adds its own sum once; yours adds the second one's again.",
    "sec-fast-race",
)
def second_twice(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    return first + 2 * second


@EXERCISE.wrong(
    "The last position is left out",
    "the second worker has all positions from half on, to len(position); yours stops one before.",
    "sec-fast-race",
)
def last_left_out(d_out, position, length):
    return one_share(d_out[:-1], position[:-1], length)


@EXERCISE.wrong(
    "The smaller of the two sums",
    "where both have touched a pixel its gradient is the sum, 2 and 3 is 5; yours keeps the smaller one.",
    "sec-fast-race",
)
def smaller(d_out, position, length):
    first, second = both_shares(d_out, position, length)
    both = (first != 0) & (second != 0)
    return np.where(both, np.where(np.abs(first) < np.abs(second), first, second), first + second)


@EXERCISE.wrong(
    "The smaller of the two, sign included",
    "where both have touched a pixel its gradient is the sum; yours takes the minimum.",
    "sec-fast-race",
)
def minimum(d_out, position, length):
    return np.minimum(*both_shares(d_out, position, length))


@EXERCISE.wrong(
    "Handed in after every position",
    "a worker adds up all its positions and is added to d_row once; yours adds what it has so far after each of them, "
    "and the early ones count several times.",
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
