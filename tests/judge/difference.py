"""What kind of difference it is, where no catalogued mistake fits."""

from itertools import permutations

import numpy as np

from .calling import close


def changes_all(pairs):
    """A sentence for the one simple change that turns every expected array into the given one; None if there is none.

    `pairs` are (given, expected), float64. Numbers of all cases are looked at together: one case alone is small, and
    small arrays look alike in many ways.
    """
    if sentence := _undefined(*pairs[0]):
        return sentence
    pooled = [np.concatenate([pair[side].ravel() for pair in pairs]) for side in (0, 1)]
    for kind in (_zeros, _something_for_zero, _rounding):
        if sentence := kind(*pooled):
            return sentence
    return changes_each(pairs) or _components(pairs) if np.ptp(pooled[1]) else None


def changes_each(pairs):
    """The same, for changes that can come on top of another mistake: a sign, a factor, a shift, another order."""
    pooled = [np.concatenate([pair[side].ravel() for pair in pairs]) for side in (0, 1)]
    if not np.ptp(pooled[1]):
        return None
    orders = [_reordered(*pair) for pair in pairs]
    return _factor(*pooled) or _shift(*pooled) or (orders[0] if len(set(orders)) == 1 else None)


def _components(pairs):
    last = {pair[0].shape[-1] if pair[0].ndim > 1 else 0 for pair in pairs}
    if last not in ({2}, {3}):
        return None
    pooled = [np.concatenate([pair[side].reshape(-1, *last) for pair in pairs]) for side in (0, 1)]
    return _factor_per_component(*pooled)


def where_wrong(given, expected, outside=None, part=0):
    """One sentence on how two arrays of one case differ: a change that holds here, or the place; or that there is none.

    `outside` marks where the first output looks outside the image.
    """
    given, expected = np.asarray(given, "float64"), np.asarray(expected, "float64")
    with np.errstate(all="ignore"):
        for kind in (_zeros, _factor, _reordered, _shift):
            if given.size > 1 and (sentence := kind(given, expected)):
                return f"In the case below: {sentence[0].lower()}{sentence[1:]}"
    wrong = ~np.isclose(given, expected, rtol=1e-9, atol=1e-9, equal_nan=True)
    return _where(wrong, None if part else outside) or "No pattern stands out either."


def _undefined(given, expected):
    extra = ~np.isfinite(given) & np.isfinite(expected)
    if extra.any():
        return (f"{_count(extra)} not finite (NaN or infinite): look for a division by zero, or for a part of np.empty "
                "that was never written.")


def _zeros(given, expected):
    if not given.any() and expected.any():
        return "Everything given is zero: is the result ever written into what you return?"


def _something_for_zero(given, expected):
    if not expected.any() and given.any():
        return "Everything here should be zero."


def _rounding(given, expected):
    size = np.max(np.abs(expected), initial=0.0)
    error = np.max(np.abs(given - expected), initial=0.0)
    if size and error < 1e-4 * size:
        return (f"It is right up to rounding, and the rounding is too large (off by {error:.0e}): is something on the "
                "way computed in float32, or as whole numbers?")


def _ratio(given, expected):
    """The one factor between two arrays, or None."""
    size = (expected * expected).sum()
    if not size:
        return None
    factor = (given * expected).sum() / size
    return factor if abs(factor) > 1e-6 and close(given, factor * expected) else None


def _factor(given, expected):
    factor = _ratio(given, expected)
    if factor is None or np.count_nonzero(expected) < 2:
        return None
    if abs(factor + 1) < 1e-6:
        return "Every sign is the wrong way round; the sizes are right."
    return (f"Everything is {_nice(factor)} times what it should be: a constant factor is missing, or there is one too "
            "many.")


def _factor_per_component(given, expected):
    factors = [_ratio(given[..., k], expected[..., k]) for k in range(given.shape[-1])]
    if None in factors or np.count_nonzero(expected) < 2 * len(factors):
        return None
    listed = ", ".join(_nice(factor) for factor in factors)
    return f"Along the last axis the components are {listed} times what they should be: one factor each."


def _shift(given, expected):
    shift = given.ravel()[0] - expected.ravel()[0]
    if given.size > 1 and abs(shift) > 1e-6 and close(given - shift, expected):
        return f"Everything is {_nice(abs(shift))} too {'large' if shift > 0 else 'small'}: a constant shift."


def _reordered(given, expected):
    axes = range(given.ndim)
    if len(np.unique(expected)) < 4:     # among so few numbers, any order looks like another
        return None
    for order in permutations(axes):
        if order != tuple(axes) and np.transpose(expected, order).shape == given.shape:
            if close(given, np.transpose(expected, order)) and not close(given, expected):
                moved = [axis for axis in axes if order[axis] != axis]
                return f"The numbers are transposed, axes {_listed(moved)} exchanged; otherwise they are right."
    for axis in axes:
        if close(given, np.flip(expected, axis)):
            return f"The numbers run backwards along axis {axis}; otherwise they are right."
        for step in (1, -1):
            if close(given, np.roll(expected, step, axis)):
                far = "far" if step > 0 else "early"
                return f"The numbers stand one place too {far} along axis {axis}; otherwise they are right."
    if close(np.sort(given.ravel()), np.sort(expected.ravel())):
        return "The numbers stand in another order; otherwise they are right."


def _where(wrong, outside):
    if wrong.all():
        return None
    if outside is not None:
        outside = np.broadcast_to(outside, wrong.shape)
        if outside.any() and not (wrong & ~outside).any():
            return "Wrong only where samples lie outside the image: inside, the numbers agree."
        if (~outside).any() and not (wrong & outside).any():
            return "Wrong only where samples lie inside the image: outside, the numbers agree."
    for axis in range(wrong.ndim):
        rest = wrong.any(axis=tuple(a for a in range(wrong.ndim) if a != axis))
        if rest.sum() < len(rest) and 2 * wrong.sum() >= wrong.size * rest.mean():
            places = _listed(np.flatnonzero(rest)[:4])
            if len(rest) > 4 and rest.sum() == 2 and rest[0] and rest[-1]:
                places = "first and last"
            return f"Wrong only at {places} along axis {axis} (counted from 0); elsewhere the numbers agree."
    if wrong.ndim >= 2 and min(wrong.shape[-2:]) > 2 and not wrong[..., 1:-1, 1:-1].any():
        return "Wrong only at the border of the last two axes; in the interior the numbers agree."
    return f"{_count(wrong)} wrong, the others agree."


def _count(mask):
    return f"{mask.sum()} of {mask.size} numbers {'is' if mask.sum() == 1 else 'are'}"


def _listed(places):
    words = [str(place) for place in places]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _nice(number):
    """A factor as a short fraction where it is one."""
    for below in range(1, 13):
        above = number * below
        if abs(above - round(above)) < 1e-6 * below and round(above):
            return f"{round(above)}/{below}" if below > 1 else f"{round(above)}"
    return f"{number:.4g}"
