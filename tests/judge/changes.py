"""Simple changes: a sign, a factor, another order; what turns all that is expected into all that was given."""

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
    np.sqrt(2): "the root of 2",
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

    `pairs` are (given, expected), float64. The numbers of all cases are looked at together: one case alone is small,
    and small arrays look alike in many ways.
    """
    pairs = [(given, expected) for given, expected in pairs if given.size]
    with np.errstate(all="ignore"):
        if not pairs or not (given := _pooled(pairs, 0)).size:
            return None
        expected = _pooled(pairs, 1)
        return (
            undefined(pairs)
            or _zeros(given, expected)
            or _something_for_zero(given, expected)
            or _rounding(given, expected)
            or change_on_top(pairs)
            or _cut_off(given, expected)
            or _constant(given, expected)
        )


def change_on_top(pairs):
    """The same, for changes that can come on top of another mistake."""
    with np.errstate(all="ignore"):
        given, expected = _pooled(pairs, 0), _pooled(pairs, 1)
        if not np.isfinite(given).all() or not np.isfinite(expected).all() or close(given, expected):
            return None
        for change in (_factor, _shift, _each, _factor_and_shift):
            if sentence := change(given, expected):
                return sentence
        return _same_for_all(pairs, _reordered) or _same_for_all(pairs, _along_axes) or _components(pairs)


def _pooled(pairs, side):
    return np.concatenate([pair[side].ravel() for pair in pairs])


def _same_for_all(pairs, change):
    """The sentence that a change of single arrays gives for all of them; those that look the same either way agree."""
    found = {change(*pair) for pair in pairs if not close(*pair) or np.ptp(pair[1])}
    enough = len(np.unique(_pooled(pairs, 1).round(12))) >= ENOUGH
    return found.pop() if enough and len(found) == 1 else None


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


def _zeros(given, expected):
    if not given.any() and expected.any():
        return "Everything given is zero: is the result ever written into what you return?"


def _something_for_zero(given, expected):
    if not expected.any() and given.any():
        return "Everything here should be zero."


def _constant(given, expected):
    if len(given) >= ENOUGH and not np.ptp(given) and np.ptp(expected):
        return f"Every number given is {nice(given[0])}, whatever comes in."


def _rounding(given, expected):
    size, error = np.max(np.abs(expected), initial=0.0), np.max(np.abs(given - expected), initial=0.0)
    if not size or not error < 1e-4 * size:
        return None
    if np.array_equal(given, given.astype("float32")) and not np.array_equal(expected, expected.astype("float32")):
        return f"It is right up to rounding, and rounded to float32 (off by {error:.0e}): compute in the input's type."
    return (
        f"It is nearly right (off by {error:.0e}), but not as near as rounding comes: is something on the way "
        "computed in float32, or has a small number been added that does not belong there?"
    )


def of_itself(sentence):
    """Whether a sentence, on rounding or on what is not finite, is true of some cases whatever the others are."""
    return sentence.startswith(("It is right", "It is nearly")) or "not finite" in sentence


def ratio(given, expected):
    """The one factor between two arrays, or None."""
    size = (expected * expected).sum()
    factor = (given * expected).sum() / size if size else 0
    return factor if np.isfinite(factor) and abs(factor) > 1e-6 and close(given, factor * expected) else None


def _factor(given, expected):
    factor = ratio(given, expected)
    if factor is None or len(np.unique(np.abs(expected[expected != 0]).round(12))) < ENOUGH - 1:
        return None
    if abs(factor + 1) < 1e-6:
        return "Every sign is the wrong way round; the sizes are right."
    return (
        f"Everything is {nice(factor)} times what it should be: a constant factor is missing, or there is one too many."
    )


def _shift(given, expected):
    shift = given[0] - expected[0]
    if len(np.unique(expected.round(12))) >= ENOUGH - 1 and abs(shift) > 1e-6 and close(given - shift, expected):
        return f"Everything is {nice(abs(shift))} too {'large' if shift > 0 else 'small'}: a constant shift."


def _factor_and_shift(given, expected):
    if len(np.unique(expected.round(12))) < ENOUGH:
        return None
    factor, shift = np.polyfit(expected, given, 1)
    if abs(factor) > 1e-6 and close(given, factor * expected + shift):
        return (
            f"Everything is {nice(factor)} times what it should be, and then {nice(abs(shift))} too "
            f"{'large' if shift > 0 else 'small'}."
        )


def _each(given, expected):
    if len(np.unique(expected.round(12))) >= ENOUGH:
        for words, function in EACH.items():
            if close(given, function(expected)):
                return f"Every number is {words}."


def _cut_off(given, expected):
    low, high = given.min(), given.max()
    left = np.unique(given[(low < given) & (given < high)].round(12))
    if len(left) < ENOUGH or not close(given, np.clip(expected, low, high)):
        return None
    ends = [f"below {nice(low)}"] * bool(expected.min() < low - 1e-9)
    ends += [f"above {nice(high)}"] * bool(expected.max() > high + 1e-9)
    return f"Numbers {' and '.join(ends)} are cut off; the others are right."


def _reordered(given, expected):
    if given.shape != expected.shape:
        return None
    axes = range(given.ndim)
    for order in permutations(axes):
        if order != tuple(axes) and np.transpose(expected, order).shape == given.shape:
            if close(given, np.transpose(expected, order)):
                moved = [axis for axis in axes if order[axis] != axis]
                return f"The numbers are transposed, axes {listed(moved)} exchanged; otherwise they are right."
    for axis in axes:
        if close(given, np.flip(expected, axis)):
            return f"The numbers run backwards along axis {axis}; otherwise they are right."
        for step in (1, -1):
            if close(given, np.roll(expected, step, axis)):
                far = "far" if step > 0 else "early"
                return f"The numbers stand one place too {far} along axis {axis}; otherwise they are right."
    for axis in axes:
        for order in permutations(range(expected.shape[axis])) if 2 < expected.shape[axis] < 6 else ():
            if close(given, np.take(expected, order, axis)):
                return (
                    f"Along axis {axis} the numbers come in the order {listed(order)} (counted from 0); otherwise "
                    "they are right."
                )
    if close(np.sort(given.ravel()), np.sort(expected.ravel())):
        return "The numbers stand in another order; otherwise they are right."


def _along_axes(given, expected):
    """What is taken for all along an axis, or left out of it."""
    if given.shape != expected.shape:
        return None
    for axis in [axis for axis in range(given.ndim) if given.shape[axis] > 1]:
        for words, one in (
            ("the first holds for all", expected.take([0], axis)),
            ("the last holds for all", expected.take([-1], axis)),
            ("all hold the sum over them", expected.sum(axis, keepdims=True)),
            ("all hold the mean over them", expected.mean(axis, keepdims=True)),
        ):
            if close(given, np.broadcast_to(one, given.shape)):
                return f"Along axis {axis} {words}; each should have its own."
        for words, kept in (("all but the first are zero", 0), ("all but the last are zero", given.shape[axis] - 1)):
            mask = np.moveaxis(np.arange(given.shape[axis]).reshape(-1, *[1] * (given.ndim - 1)) == kept, 0, axis)
            if close(given, np.where(mask, expected, 0)):
                return f"Along axis {axis} {words}."


def _components(pairs):
    """One factor for each place along the last axis, where it has two or three."""
    last = {given.shape[-1] if given.ndim > 1 else 0 for given, _ in pairs}
    if last not in ({2}, {3}):
        return None
    given, expected = (np.concatenate([pair[side].reshape(-1, *last) for pair in pairs]) for side in (0, 1))
    factors = [0.0 if not given[:, k].any() else ratio(given[:, k], expected[:, k]) for k in range(*last)]
    if None in factors or any(len(np.unique(column.round(12))) < ENOUGH - 1 for column in expected.T):
        return None
    return (
        f"Along the last axis the components are {', '.join(map(nice, factors))} times what they should be: one "
        "factor each."
    )


def count(mask):
    """How many of how many."""
    return f"{mask.sum()} of {mask.size} numbers {'is' if mask.sum() == 1 else 'are'}"


def listed(places):
    words = [str(place) for place in places]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def nice(number):
    """A factor as a short fraction where it is one, or by its name."""
    for below in range(1, 13):
        above = number * below
        if abs(above - round(above)) < 1e-6 * below and (round(above) or not number):
            return f"{round(above)}/{below}" if below > 1 else f"{round(above)}"
    for known, name in CONSTANTS.items():
        if abs(number - known) < 1e-6 * known:
            return f"{number:.4g} ({name})"
    return f"{number:.4g}"
