"""Simple changes that turn all expected numbers into the given ones: a sign, a factor, another order."""

from itertools import permutations

import numpy as np

from .calling import close

ENOUGH = 4  # so many different numbers prove a pattern; among fewer, a factor or an order is found by chance
CONSTANTS = {
    np.pi: "pi",
    2 * np.pi: "2 pi",
    np.pi / 180: "pi / 180, degrees turned into radians",
    180 / np.pi: "180 / pi, radians turned into degrees",
    1 / np.log(2): "1 / log(2), a logarithm to base 2",
    1 / np.log(10): "1 / log(10), a logarithm to base 10",
    1 / np.sqrt(2): "1 over the root of 2",
}
EACH = {
    "the square of what it should be": np.square,
    "the root of what it should be": np.sqrt,
    "1 over what it should be": lambda x: 1 / x,
    "the exponential of what it should be": np.exp,
    "the logarithm of what it should be": np.log,
    "1 less what it should be": lambda x: 1 - x,
    "rounded to a whole number": np.rint,
    "rounded down to a whole number": np.floor,
    "rounded up to a whole number": np.ceil,
    "cut off towards 0 to a whole number": np.trunc,
    "taken without its sign": np.abs,
    "brought to 0 to 360": lambda x: x % 360,
    "brought to 0 to 1": lambda x: x % 1,
}


def change_of_all(pairs):
    """A sentence for the one simple change that turns every expected array into the given one; None if there is none.

    `pairs` are (given, expected). The numbers of all cases are examined together: one case alone is small, and small
    arrays have many changes in common. The change is sought in float64 where there is any, since float32 rounds it
    away, and must hold in all.
    """
    with np.errstate(all="ignore"):
        if said := undefined(pairs):  # if other numbers are wrong too, another mistake may explain more
            return said if _only_undefined(pairs) else None
        return (
            _zeros(pairs)
            or _first(pairs, (_decimals,))
            or _rounding(pairs)
            or _first(pairs, (_factor, _shift, _each, _factor_and_shift, _moved, _along_axes, _components))
            or _in_another_order(pairs)
            or _first(pairs, (_cut_off, _constant))
            or _cut_off_in_each(pairs)
        )


def change_on_top(pairs):
    """The same, for changes that can come on top of another mistake: a factor, an order, what is taken for all.

    The others, such as a factor and a shift, turn too many mistakes into each other.
    """
    with np.errstate(all="ignore"):
        if not all(np.isfinite(array).all() for pair in pairs for array in pair):
            return None
        return _first(pairs, (_nice_factor, _moved, _along_axes))


def _first(pairs, kinds):
    exact = [pair for pair in pairs if pair[0].dtype == np.float64] or pairs
    given, expected = _pooled(exact)
    if not given.size or all(close(*pair) for pair in pairs):
        return None
    for kind in kinds:
        for sentence, change in kind(given, expected, exact):
            if all(close(mine, change(asked.astype("float64"))) for mine, asked in pairs):
                return sentence
    return None


def _pooled(pairs):
    return (np.concatenate([np.asarray(pair[side], "float64").ravel() for pair in pairs]) for side in (0, 1))


def different(array):
    """The number of different numbers in an array."""
    return len(np.unique(np.asarray(array).round(12)))


def undefined(pairs):
    """A sentence for numbers that are not finite where they should be; None if there are none."""
    for given, expected in pairs:
        extra = ~np.isfinite(given) & np.isfinite(expected)
        if extra.any():
            return (
                f"{count(extra)} not finite (NaN or infinite): look for a division by zero, or for a part of "
                "np.empty that was never written."
            )
    return None


def _only_undefined(pairs):
    """Whether all numbers that are wrong are not finite."""
    wrong = [(given, ~np.isclose(given, expected, equal_nan=True)) for given, expected in pairs]
    return not any(np.isfinite(given[places]).any() for given, places in wrong)


def _zeros(pairs):
    if not any(expected.any() for _, expected in pairs):
        return "Everything here should be zero."
    if not any(given.any() for given, _ in pairs):
        return "Everything given is zero: is the result ever written into what you return?"
    return None


def _rounding(pairs):
    given, expected = _pooled([pair for pair in pairs if pair[0].dtype == np.float64] or pairs)
    size, error = np.max(np.abs(expected), initial=0.0), np.max(np.abs(given - expected), initial=0.0)
    if not size or not error or not error < 1e-4 * size:
        return None
    if np.array_equal(given, given.astype("float32")) and not np.array_equal(expected, expected.astype("float32")):
        return f"It is right up to rounding, and rounded to float32 (off by {error:.0e}): compute in the input's type."
    return (
        f"It is nearly right (off by {error:.0e}), but by more than rounding: is something on the way "
        "computed in float32, or has a small number been added that does not belong there?"
    )


def ratio(given, expected):
    """The factor that comes nearest to turning an array into another."""
    size = (expected * expected).sum()
    return (given * expected).sum() / size if size else 0


def _factor(given, expected, _):
    factor = ratio(given, expected)
    if different(np.abs(expected[expected != 0])) >= ENOUGH - 1 and abs(factor) > 1e-6:
        said = (
            f"Everything is {nice(factor)} times what it should be: a constant factor is missing, or there is one "
            "too many."
        )
        if abs(factor + 1) < 1e-6:
            said = "Every sign is reversed; the absolute values are right."
        yield said, lambda asked: factor * asked


def _nice_factor(given, expected, pairs):
    factor = ratio(given, expected)
    if any(abs(factor * below - round(factor * below)) < 1e-6 * below for below in range(1, 5)):
        yield from _factor(given, expected, pairs)


def _shift(given, expected, _):
    shift = given[0] - expected[0]
    if different(expected) >= ENOUGH - 1 and abs(shift) > 1e-6:
        yield f"Everything is {_off(shift)}: a constant shift.", lambda asked: asked + shift


def _factor_and_shift(given, expected, _):
    if different(expected) >= ENOUGH:
        factor, shift = np.polyfit(expected, given, 1)
        if abs(factor) > 1e-6:
            said = f"Everything is {nice(factor)} times what it should be, and then {_off(shift)}."
            yield said, lambda asked: factor * asked + shift


def _off(shift):
    return f"{nice(abs(shift))} too {'large' if shift > 0 else 'small'}"


def _each(given, expected, _):
    if different(expected) >= ENOUGH:
        for words, function in EACH.items():
            yield f"Every number is {words}.", function


def _decimals(given, expected, _):
    """Looked for before what is nearly right, as four decimals are."""
    if different(expected) >= ENOUGH:
        for k in range(1, 7):
            said = f"Every number is rounded to {k} decimal{'s' * (k > 1)}; leave the numbers as they are."
            yield said, lambda asked, k=k: np.round(asked, k)


def _cut_off(given, expected, _):
    low, high = given.min(), given.max()
    if different(given[(low < given) & (given < high)]) >= ENOUGH:
        ends = [f"below {nice(low)}"] * bool(expected.min() < low - 1e-9)
        ends += [f"above {nice(high)}"] * bool(expected.max() > high + 1e-9)
        yield (
            f"Numbers {' and '.join(ends)} are cut off; the others are right.",
            lambda asked: np.clip(asked, low, high),
        )


def _cut_off_in_each(pairs):
    """The same, where each call has its own limits, as positions in pictures of several sizes do."""
    ends = [(given.min(), given.max()) for given, _ in pairs if given.size]
    if len(ends) < len(pairs) or not all(close(mine, np.clip(asked, *its)) for (mine, asked), its in zip(pairs, ends)):
        return None
    inside = [given[(low < given) & (given < high)] for (given, _), (low, high) in zip(pairs, ends)]
    cut = [asked[~np.isclose(given, asked)] for given, asked in pairs]
    if different(np.concatenate(inside)) < ENOUGH or different(np.concatenate(cut)) <= 2 * sum(
        map(bool, map(len, cut))
    ):
        return None  # each call may have its largest and its smallest number wrong for another reason
    low, high = map(nice, ends[0])
    return (
        f"Numbers are cut off at both ends, at {low} and at {high} in the first of these calls; the others are right."
    )


def _constant(given, expected, _):
    if len(given) >= ENOUGH and not np.ptp(given) and np.ptp(expected):
        yield (
            f"Every number given is {nice(given[0])}, whatever the input.",
            lambda asked: np.full_like(asked, given[0]),
        )


def _dimensions(expected, pairs):
    """The number of axes of the arrays, if it is the same for all and their numbers differ enough to show an order."""
    dimensions = {asked.ndim for _, asked in pairs}
    return dimensions.pop() if len(dimensions) == 1 and different(expected) >= ENOUGH else 0


def _moved(given, expected, pairs):
    """Axes exchanged, turned over, moved on, or in another order."""
    ndim = _dimensions(expected, pairs)
    for order in permutations(range(ndim)):
        moved = [axis for axis in range(ndim) if order[axis] != axis]
        if moved:
            yield (
                f"The numbers are transposed, axes {listed(moved)} exchanged; otherwise they are right.",
                lambda asked, order=order: asked.transpose(order),
            )
    for axis in range(ndim):
        yield (
            f"The numbers run backwards along axis {axis}; otherwise they are right.",
            lambda asked, axis=axis: np.flip(asked, axis),
        )
        for step, far in ((1, "far"), (-1, "early")):
            yield (
                f"The numbers are one place too {far} along axis {axis}; otherwise they are right.",
                lambda asked, step=step, axis=axis: np.roll(asked, step, axis),
            )
        lengths = {asked.shape[axis] for _, asked in pairs}
        for order in permutations(range(*lengths)) if len(lengths) == 1 and 2 < max(lengths) < 6 else ():
            yield (
                f"Along axis {axis} the numbers come in the order {listed(order)} (counted from 0); otherwise they "
                "are right.",
                lambda asked, order=order, axis=axis: _taken(asked, order, axis),
            )


def _taken(array, order, axis):
    return array.take(order, axis) if array.shape[axis] == len(order) else array


def _along_axes(given, expected, pairs):
    """One entry, sum or mean used for all along an axis, or places left out of it."""
    for axis in range(_dimensions(expected, pairs)):
        for words, one in (
            ("the first is used for all", lambda asked, axis: asked.take([0], axis)),
            ("the last is used for all", lambda asked, axis: asked.take([-1], axis)),
            ("each is the sum over them", lambda asked, axis: asked.sum(axis, keepdims=True)),
            ("each is the mean over them", lambda asked, axis: asked.mean(axis, keepdims=True)),
        ):
            yield (
                f"Along axis {axis} {words}; each should have its own.",
                lambda asked, one=one, axis=axis: np.broadcast_to(one(asked, axis), asked.shape),
            )
        for words, kept in (("but the first", 0), ("but the last", -1)):
            yield (
                f"Along axis {axis} all {words} are zero.",
                lambda asked, kept=kept, axis=axis: asked - _without(asked, axis, kept),
            )
        for words, lost in (("first", 0), ("last", -1)):
            yield (
                f"Along axis {axis} the {words} is zero.",
                lambda asked, lost=lost, axis=axis: _without(asked, axis, lost),
            )


def _without(array, axis, place):
    array = array.copy()
    np.moveaxis(array, axis, 0)[place] = 0
    return array


def _components(given, expected, pairs):
    """A factor or a shift of its own for each place along the last axis, where it has two to four."""
    last = {asked.shape[-1] if asked.ndim > 1 else 0 for _, asked in pairs}
    if len(last) > 1 or not 2 <= max(last) <= 4:
        return
    given, expected = given.reshape(-1, *last), expected.reshape(-1, *last)
    if any(different(column) < ENOUGH - 1 for column in expected.T):
        return
    factors = np.array([ratio(*columns) for columns in zip(given.T, expected.T)])
    yield (
        f"Along the last axis the components are {', '.join(map(nice, factors))} times what they should be: one "
        "factor each.",
        lambda asked: asked * factors,
    )
    shifts = given[0] - expected[0]
    yield (
        f"Along the last axis the components are off by {', '.join(map(nice, shifts))}.",
        lambda asked: asked + shifts,
    )


def _in_another_order(pairs):
    if all(np.shape(given) == np.shape(expected) for given, expected in pairs) and (
        different(np.concatenate([expected.ravel() for _, expected in pairs])) >= ENOUGH
    ):
        if all(close(np.sort(given.ravel()), np.sort(expected.ravel())) for given, expected in pairs):
            for axis in range(pairs[0][0].ndim):
                if all(orders := [_order(*pair, axis) for pair in pairs]):
                    return (
                        f"Along axis {axis} the numbers come in another order, {listed(orders[0])} in the first call "
                        "(counted from 0); otherwise they are right."
                    )
            return f"The numbers are in another order; otherwise they are right.{_laid_out(pairs)}"
    return None


def _laid_out(pairs):
    """Which order it is: that of other axes, reshaped; or of a few entries that have changed places."""
    ndim = pairs[0][0].ndim
    for order in permutations(range(ndim)) if all(given.ndim == ndim for given, _ in pairs) else ():
        back = [[asked.shape[k] for k in np.argsort(order)] for _, asked in pairs]
        if all(close(given, asked.transpose(order).reshape(asked.shape)) for given, asked in pairs) or all(
            close(given, asked.reshape(shape).transpose(order)) for (given, asked), shape in zip(pairs, back)
        ):
            return f" One array was reshaped where its axes had to be moved, to the order {listed(order)}, or both."
    given, asked = next(pair for pair in pairs if not close(*pair))
    entries = np.unique(np.argwhere(~np.isclose(given, asked))[:, 1:], axis=0).tolist()
    if 0 < len(entries) <= 4 and entries[0]:
        return f" Entries {listed(entries)} (counted from 0, the first axis left out) have changed places."
    return ""


def _order(given, expected, axis):
    """The order of the places along an axis; none, if some place is missing or there twice."""
    if given.ndim < 2 or axis >= given.ndim or given.shape[axis] > 12:
        return []
    mine, asked = (np.moveaxis(array, axis, 0) for array in (given, expected))
    found = [[k for k, other in enumerate(asked) if close(one, other)] for one in mine]
    return [places[0] for places in found] if all(len(places) == 1 for places in found) else []


def count(mask):
    """A count of numbers out of all, in words."""
    return f"{mask.sum()} of {mask.size} numbers {'is' if mask.sum() == 1 else 'are'}"


def listed(places):
    words = [str(place) for place in places]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def nice(number):
    """A factor as a short fraction where it is one, or by its name."""
    for below in range(1, 13):
        above = number * below
        if abs(above - round(above)) < 1e-6 * below and (round(above) or abs(number) < 1e-9):
            return f"{round(above)}/{below}" if below > 1 else f"{round(above)}"
    if number > 0 and abs(number**2 - round(number**2)) < 1e-6:
        return f"{number:.4g} (the root of {round(number**2)})"
    for known, name in CONSTANTS.items():
        if abs(number - known) < 1e-6 * known:
            return f"{number:.4g} ({name})"
    return f"{number:.4g}"
