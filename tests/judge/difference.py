"""What kind of difference it is, where no catalogued mistake fits."""

from itertools import permutations

import numpy as np

from .calling import close


def where_wrong(given, expected, outside=None, part=0):
    """One sentence on where two arrays of one shape differ, or that there is nothing to say.

    `outside` marks where the first output looks outside the image.
    """
    given, expected = np.asarray(given, "float64"), np.asarray(expected, "float64")
    wrong = ~np.isclose(given, expected, rtol=1e-9, atol=1e-9, equal_nan=True)
    return _where(wrong, None if part else outside) or "No pattern stands out either."


def pattern(given, expected):
    """The change that turns one float64 array into another, as (kind, sentence); None where there is no simple one."""
    for kind in PATTERNS:
        if sentence := kind(given, expected):
            return kind, sentence
    return None


def _undefined(given, expected):
    extra = ~np.isfinite(given) & np.isfinite(expected)
    if extra.any():
        return f"{_count(extra)} not finite (NaN or infinite): look for a division by zero or an empty array."


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
    return f"Everything is {_nice(factor)} times what it should be: a constant factor is missing or too many."


def _factor_per_component(given, expected):
    if given.ndim < 2 or given.shape[-1] not in (2, 3):
        return None
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
                return f"The numbers are right but transposed: axes {_listed(moved)} are exchanged."
    for axis in axes:
        if close(given, np.flip(expected, axis)):
            return f"The numbers are right but run backwards along axis {axis}."
        for step in (1, -1):
            if close(given, np.roll(expected, step, axis)):
                return f"The numbers are right but one place too {'far' if step > 0 else 'early'} along axis {axis}."
    if close(np.sort(given.ravel()), np.sort(expected.ravel())):
        return "The numbers are right but stand in another order."


PATTERNS = (_factor, _factor_per_component, _shift, _reordered)
SIMPLE = (_undefined, _zeros, _something_for_zero, _rounding, *PATTERNS)


def _where(wrong, outside):
    if wrong.all():
        return None
    if outside is not None:
        outside = np.broadcast_to(outside, wrong.shape)
        if outside.any() and not (wrong & ~outside).any():
            return "Wrong only where samples lie outside the image: inside, all is right."
        if (~outside).any() and not (wrong & outside).any():
            return "Wrong only where samples lie inside the image: outside, all is right."
    for axis in range(wrong.ndim):
        rest = wrong.any(axis=tuple(a for a in range(wrong.ndim) if a != axis))
        if rest.sum() < len(rest) and 2 * wrong.sum() >= wrong.size * rest.mean():
            places = _listed(np.flatnonzero(rest)[:4])
            if len(rest) > 4 and rest.sum() == 2 and rest[0] and rest[-1]:
                places = "first and last"
            return f"Wrong only at {places} along axis {axis} (counted from 0); the rest is right."
    if wrong.ndim >= 2 and min(wrong.shape[-2:]) > 2 and not wrong[..., 1:-1, 1:-1].any():
        return "Wrong only at the border of the last two axes; the interior is right."
    return f"{_count(wrong)} wrong, the others are right."


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
