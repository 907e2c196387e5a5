"""Wrong answers to `pad_position`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import pad_position

SOME = np.random.default_rng(0).uniform(-12, 12, (3, 4)).astype("float32")

EXERCISE = Exercise(
    name="pad_position",
    answer="tests.solutions",
    gives=("position",),
    cases=[
        Case(
            "four pixels, the edge pixel for ever",
            np.array([-2.0, -0.25, 1.5, 3.25, 6]),
            4,
            "border",
            expected=[0, 0, 1.5, 3, 3],
        ),
        Case(
            "four pixels, mirrors on the outermost centres, 0 and 3",
            np.array([-1.0, -0.25, 1.5, 3.25, 5]),
            4,
            "reflection",
            align_corners=True,
            expected=[1, 0.25, 1.5, 2.75, 1],
        ),
        Case(
            "four pixels, mirrors on the outer edges, -1/2 and 3 1/2",
            np.array([-1.25, -0.25, 1.5, 3.25, 5]),
            4,
            "reflection",
            align_corners=False,
            expected=[0.25, 0, 1.5, 3, 2],
        ),
        Case(
            "four pixels, nothing outside",
            np.array([-2.0, -0.25, 1.5, 3.25, 6]),
            4,
            "zeros",
            expected=[-2, -0.25, 1.5, 3.25, 6],
        ),
        Case(
            "far out, mirrored more than once, on the centres",
            np.array([-7.0, 10, 13]),
            4,
            "reflection",
            align_corners=True,
            expected=[1, 2, 1],
        ),
        Case(
            "far out, mirrored more than once, on the edges",
            np.array([-6.25, 11, 13.25]),
            4,
            "reflection",
            align_corners=False,
            expected=[1.75, 3, 1.75],
        ),
        Case("three rows of four positions, five pixels, float32", SOME, 5, "reflection", align_corners=False),
        Case(
            "one pixel alone, and a mirror on its centre",
            np.array([-1.5, 0, 0.25, 2]),
            1,
            "reflection",
            align_corners=True,
            expected=[0, 0, 0, 0],
        ),
        Case(
            "one pixel, mirrored at its edges",
            np.array([-0.75, -0.25, 0, 0.5, 1.25]),
            1,
            "reflection",
            align_corners=False,
        ),
        Case(
            "six pixels, mirrored at the outermost centres, far outside",
            np.array([-23.5, -5.25, 4.5, 5.5, 17]),
            6,
            "reflection",
            align_corners=True,
        ),
    ],
)


def mirrored(position, first, span, length):
    """Between mirrors at first and first + span, then clipped."""
    period = max(2 * span, 1)
    beyond = np.abs(position - first) % period
    return np.clip(first + np.minimum(beyond, period - beyond), 0, length - 1)


@EXERCISE.wrong(
    "The mirror always on the centres",
    "your mirrors are at the outermost centres even where `align_corners=False`; there they should be at the outer "
    "edges, -1/2 and `length - 1/2`, so that the edge pixel is seen twice.",
    "sec-sampler-outside",
)
def centres_always(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, padding_mode, True)


@EXERCISE.wrong(
    "The mirror always on the edges",
    "your mirrors are at the outer edges even where `align_corners=True`; there they should be at the outermost "
    "centres, 0 and `length - 1`, so that the edge pixel is seen once.",
    "sec-sampler-outside",
)
def edges_always(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, padding_mode, False)


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; `align_corners=True` puts the mirrors at the outermost centres, "
    "`False` at the outer edges.",
    "sec-sampler-outside",
)
def other_convention(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, padding_mode, not align_corners)


@EXERCISE.wrong(
    "Wrapped round, not mirrored",
    "outside the axis `% length` continues at its opposite end; in a mirror the axis runs backwards, so before its "
    "start the first pixels are seen again.",
    "sec-sampler-outside",
)
def wrapped(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    return position % length


@EXERCISE.wrong(
    "Wrapped round and clipped, not mirrored",
    "outside the axis `% length` continues at its opposite end, and clipping does not change that; in a mirror the "
    "axis runs backwards, so before its start the first pixels are seen again.",
    "sec-sampler-outside",
)
def wrapped_and_clipped(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    return np.clip(position % length, 0, length - 1)


@EXERCISE.wrong(
    "The first mirror is not added back",
    "your function returns the distance from the first mirror; the position is `first` plus that distance, and with "
    "mirrors at the edges `first` is -1/2, so yours is half a pixel too far right.",
    "sec-sampler-outside",
)
def first_not_added(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    first, span = (0, length - 1) if align_corners else (-0.5, length)
    beyond = np.abs(position - first) % max(2 * span, 1)
    return np.clip(np.minimum(beyond, max(2 * span, 1) - beyond), 0, length - 1)


@EXERCISE.wrong(
    "A span of 0 gives NaN",
    "your function takes the remainder by `2 * span`, which is 0 for a single pixel with mirrors at its centre, so "
    "the result is NaN; use a period of 1 there, and clip as usual.",
    "sec-sampler-outside",
)
def no_span(position, length, padding_mode, align_corners=False):
    if padding_mode == "reflection" and align_corners and length == 1:
        return position % 0
    return pad_position(position, length, padding_mode, align_corners)


@EXERCISE.wrong(
    "A position is used as an index",
    "your function looks the position up in a list, as `fold_back` does with whole numbers, but a position may lie "
    "between two pixels; measure its distance from the first mirror and take the remainder.",
    "sec-sampler-library",
)
def looked_up(position, length, padding_mode, align_corners=False):
    if padding_mode == "reflection":
        np.arange(length)[position]
    return pad_position(position, length, padding_mode)


@EXERCISE.wrong(
    "The way back is missing",
    "your pattern starts again at every mirror; the distance from the first mirror grows up to the second and shrinks "
    "again on the way back, and only then does the pattern repeat.",
    "sec-sampler-outside",
)
def half_period(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    first, span = (0, max(length - 1, 1)) if align_corners else (-0.5, length)
    return np.clip(first + np.abs(position - first) % span, 0, length - 1)


@EXERCISE.wrong(
    "Mirrored only once",
    "your function mirrors once and then clips; a position that lies beyond the other mirror afterwards is mirrored "
    "again, as often as necessary.",
    "sec-sampler-outside",
)
def mirrored_once(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    first, last = (0, length - 1) if align_corners else (-0.5, length - 0.5)
    once = np.where(position < first, 2 * first - position, np.where(position > last, 2 * last - position, position))
    return np.clip(once, 0, length - 1).astype(position.dtype)


@EXERCISE.wrong(
    "Mirrored once on the left and once on the right",
    "your function mirrors once on the left and once on the right, which is too few far outside; a position is "
    "mirrored until it lies between the mirrors.",
    "sec-sampler-outside",
)
def once_each(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    first, last = (0, length - 1) if align_corners else (-0.5, length - 0.5)
    once = np.where(position < first, 2 * first - position, position)
    return np.clip(np.where(once > last, 2 * last - once, once), 0, length - 1).astype(position.dtype)


@EXERCISE.wrong(
    "Not clipped after the reflection",
    "your function does not clip after the reflection; a position between a mirror at the edge and the outermost "
    "centre has no neighbour on one side, so clip it to 0 and `length - 1`.",
    "sec-sampler-library",
)
def not_clipped(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    first, span = (0, max(length - 1, 1)) if align_corners else (-0.5, length)
    beyond = np.abs(position - first) % (2 * span)
    folded = first + np.minimum(beyond, 2 * span - beyond)
    return 0 * folded if align_corners and length == 1 else folded


@EXERCISE.wrong(
    "Clipped to `length`",
    "your function clips to `length`, one pixel too far; the first pixel is 0, so the last is `length - 1`.",
    "sec-sampler-outside",
)
def clipped_to_length(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.clip(position, 0, length)


@EXERCISE.wrong(
    "Clipped to the outer edges",
    'with `"border"` your function clips to the outer edges, half a pixel too far; beyond the outermost centres, 0 '
    "and `length - 1`, nothing changes any more.",
    "sec-sampler-outside",
)
def clipped_to_edges(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.clip(position, -0.5, length - 0.5)


@EXERCISE.wrong(
    "Every position outside becomes 0",
    'with `"border"` your function moves every position outside to 0; it should move to the nearer end, 0 on the left '
    "and `length - 1` on the right.",
    "sec-sampler-outside",
)
def sent_to_zero(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.where((0 <= position) & (position <= length - 1), position, 0)


@EXERCISE.wrong(
    'Clipped with `"zeros"` as well',
    'with `"zeros"` your function moves positions outside into the image; they have to stay outside, so that the '
    "sampler can count them as 0.",
    "sec-sampler-outside",
)
def zeros_clipped(position, length, padding_mode, align_corners=False):
    if padding_mode == "zeros":
        return np.clip(position, 0, length - 1)
    return pad_position(position, length, padding_mode, align_corners)


@EXERCISE.wrong(
    'Position 0 with `"zeros"`',
    'with `"zeros"` your function moves positions outside to pixel 0; the positions stay unchanged, and it is the '
    "brightness outside that is 0.",
    "sec-sampler-outside",
)
def zeros_at_zero(position, length, padding_mode, align_corners=False):
    if padding_mode == "zeros":
        return np.where((0 <= position) & (position <= length - 1), position, 0)
    return pad_position(position, length, padding_mode, align_corners)


@EXERCISE.wrong(
    "Mirrors at 0 and `length`",
    "your mirrors are at 0 and `length`, a pixel too far apart or half a pixel too far right; they should be at the "
    "outermost centres, 0 and `length - 1`, or at the outer edges, -1/2 and `length - 1/2`.",
    "sec-sampler-outside",
)
def zero_and_length(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    return mirrored(position, 0, length, length)


@EXERCISE.wrong(
    "Whole pixels, not positions",
    "your function rounds to whole pixels; a position between two pixels keeps its fraction, or its mirror image.",
    "sec-sampler-library",
)
def whole_pixels(position, length, padding_mode, align_corners=False):
    return np.rint(pad_position(position, length, padding_mode, align_corners))


@EXERCISE.wrong(
    '`"border"` wraps round',
    'with `"border"` your `% length` continues at the opposite end of the axis; outside the axis the outermost pixel '
    "is repeated.",
    "sec-sampler-outside",
)
def border_wrapped(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return position % length


@EXERCISE.wrong(
    '`"border"` wraps round and is clipped',
    'with `"border"` your `% length` continues at the opposite end of the axis, and clipping does not change that; '
    "outside the axis the outermost pixel is repeated.",
    "sec-sampler-outside",
)
def border_wrapped_and_clipped(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.clip(position % length, 0, length - 1)


@EXERCISE.wrong(
    '`"border"` and `"reflection"` wrap round',
    'your `% length` continues at the opposite end of the axis in both modes; `"border"` repeats the outermost pixel, '
    'and `"reflection"` runs backwards.',
    "sec-sampler-outside",
)
def both_wrapped(position, length, padding_mode, align_corners=False):
    return position.copy() if padding_mode == "zeros" else position % length


@EXERCISE.wrong(
    "Wrapped round to `length - 1`",
    "your remainder by `length - 1` continues at the opposite end of the axis; in a mirror the axis runs backwards.",
    "sec-sampler-outside",
)
def wrapped_by_steps(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    return position % max(length - 1, 1) if length > 1 else 0 * position


@EXERCISE.wrong(
    '`"reflection"` is treated as `"border"`',
    'your function clips in both modes; `"border"` stops at the outermost pixel, but `"reflection"` turns back into '
    "the image from there.",
    "sec-sampler-outside",
)
def clipped_always(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, "border" if padding_mode == "reflection" else padding_mode)


@EXERCISE.wrong(
    "Only the left mirror",
    "your function mirrors on the left and clips on the right; there is a mirror at each end, and a position is "
    "reflected between them.",
    "sec-sampler-outside",
)
def left_mirror(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    first = 0 if align_corners else -0.5
    return np.clip(np.abs(position - first) + first, 0, length - 1).astype(position.dtype)


@EXERCISE.wrong(
    "Only the absolute value",
    "your `|position|` is a mirror at 0 and no other; a position beyond the last pixel is mirrored at that end as "
    "well, and then clipped.",
    "sec-sampler-outside",
)
def absolute(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    return np.abs(position)


@EXERCISE.wrong(
    '`"border"` clips on the right only',
    'with `"border"` your function clips on the right only; the edge pixel is repeated on both sides, so clip to 0 on '
    "the left as well.",
    "sec-sampler-outside",
)
def border_right_alone(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.minimum(position, length - 1)


@EXERCISE.wrong(
    '`"border"` clips on the left only',
    'with `"border"` your function clips on the left only; the edge pixel is repeated on both sides, so clip to '
    "`length - 1` on the right as well.",
    "sec-sampler-outside",
)
def border_left_alone(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.maximum(position, 0)


@EXERCISE.wrong(
    "The period is half of what it should be",
    "your period is `span`, so a position turns back halfway between the mirrors; the pattern repeats only after the "
    "way there and back, `2 * span`.",
    "sec-sampler-outside",
)
def one_way(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    first, span = (0, length - 1) if align_corners else (-0.5, length)
    beyond = np.abs(position - first) % max(span, 1)
    return np.clip(first + np.minimum(beyond, max(span, 1) - beyond), 0, length - 1)


@EXERCISE.wrong(
    '`"border"` does nothing',
    'with `"border"` your function returns the position unchanged; clip it to 0 and `length - 1`.',
    "sec-sampler-outside",
)
def border_is_zeros(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, "zeros" if padding_mode == "border" else padding_mode, align_corners)


@EXERCISE.wrong(
    '`"reflection"` does nothing',
    'with `"reflection"` your function returns the position unchanged; mirror it where it lies outside.',
    "sec-sampler-outside",
)
def reflection_is_zeros(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, "zeros" if padding_mode == "reflection" else padding_mode, align_corners)


@EXERCISE.wrong(
    "The mirror counts from its far end",
    "your function exchanges the way out and the way back, so position 0 comes to the last pixel; within a "
    "period the way out comes first, and a position inside is unchanged.",
    "sec-sampler-outside",
)
def far_end(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode, align_corners)
    first, span = (0, max(length - 1, 1)) if align_corners else (-0.5, length)
    around = (position - first) % (2 * span)
    return np.clip(first + np.maximum(span - around, around - span), 0, length - 1).astype(position.dtype)


@EXERCISE.right_too
def step_by_step(position, length, padding_mode, align_corners=False):
    out = position.copy()
    for place in np.ndindex(position.shape):
        p = float(position[place])
        if padding_mode == "reflection":
            first, last = (0, length - 1) if align_corners else (-0.5, length - 0.5)
            while first < last and not first <= p <= last:
                p = 2 * first - p if p < first else 2 * last - p
        out[place] = p if padding_mode == "zeros" else min(max(p, 0), length - 1)
    return out


@EXERCISE.right_too
def with_a_zigzag(position, length, padding_mode, align_corners=False):
    """A triangle wave is the arc cosine of a cosine."""
    if padding_mode == "zeros":
        return position
    moved = position.astype("float64")
    if padding_mode == "reflection":
        first, span = (0, length - 1) if align_corners else (-0.5, length)
        moved = first + span * np.arccos(np.cos(np.pi * (moved - first) / max(span, 1))) / np.pi
    return np.minimum(np.maximum(moved, 0), length - 1).astype(position.dtype)


@EXERCISE.wrong(
    "Wrapped round between the mirrors",
    "your remainder by the distance between the mirrors starts again at each of them; beyond a mirror the axis runs "
    "backwards, and the pattern repeats only after twice that distance.",
    "sec-sampler-outside",
)
def wrapped_between_mirrors(position, length, padding_mode, align_corners=False):
    first, span = (0, length - 1) if align_corners else (-0.5, length)
    if padding_mode != "reflection" or not span:
        return pad_position(position, length, padding_mode, align_corners)
    return np.clip(first + (position - first) % span, 0, length - 1)
