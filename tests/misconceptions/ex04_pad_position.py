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
    ],
)


def mirrored(position, first, span, length):
    """Between mirrors at first and first + span, then clipped."""
    period = max(2 * span, 1)
    beyond = np.abs(position - first) % period
    return np.clip(first + np.minimum(beyond, period - beyond), 0, length - 1)


@EXERCISE.wrong(
    "The mirror always on the centres",
    "align_corners=False puts the mirrors on the outer edges, -1/2 and "
    "length - 1/2, so that the edge pixel is seen twice; yours puts them on the centres always.",
    "sec-sampler-outside",
)
def centres_always(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, padding_mode, True)


@EXERCISE.wrong(
    "The mirror always on the edges",
    "align_corners=True puts the mirrors on the outermost centres, 0 and "
    "length - 1, so that the edge pixel is seen once; yours puts them on the edges always.",
    "sec-sampler-outside",
)
def edges_always(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, padding_mode, False)


@EXERCISE.wrong(
    "The other align_corners",
    "True puts the mirrors on the outermost centres, False on the outer edges; yours does it the other way round.",
    "sec-sampler-outside",
)
def other_convention(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, padding_mode, not align_corners)


@EXERCISE.wrong(
    "Wrapped round, not mirrored",
    "beyond a mirror the axis runs backwards, so beyond its beginning the first pixels are seen again; % length shows "
    "the last ones there.",
    "sec-sampler-outside",
)
def wrapped(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    return position % length


@EXERCISE.wrong(
    "Wrapped round and clipped, not mirrored",
    "beyond a mirror the axis runs backwards, so beyond its beginning the first pixels are seen again; % length shows "
    "the last ones there, and clipping does not change that.",
    "sec-sampler-outside",
)
def wrapped_and_clipped(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    return np.clip(position % length, 0, length - 1)


@EXERCISE.wrong(
    "The first mirror is not added back",
    "the remainder is a distance from the first mirror, and the "
    "position is first plus that; with mirrors on the edges first is -1/2, and yours is half a pixel too "
    "far right.",
    "sec-sampler-outside",
)
def first_not_added(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    first, span = (0, length - 1) if align_corners else (-0.5, length)
    beyond = np.abs(position - first) % max(2 * span, 1)
    return np.clip(np.minimum(beyond, max(2 * span, 1) - beyond), 0, length - 1)


@EXERCISE.wrong(
    "A span of 0 leaves no number",
    "one pixel with mirrors on its centre has no way there and back, so "
    "2 * span is 0, and a remainder by 0 is NaN; take a period of 1 there, and clip as ever.",
    "sec-sampler-outside",
)
def no_span(position, length, padding_mode, align_corners=False):
    if padding_mode == "reflection" and align_corners and length == 1:
        return position % 0
    return pad_position(position, length, padding_mode, align_corners)


@EXERCISE.wrong(
    "A position taken for the number of a pixel",
    "fold_back looks a whole number up in a list, and a position between two pixels is in none: measure its distance "
    "from the first mirror instead, and take the remainder.",
    "sec-sampler-library",
)
def looked_up(position, length, padding_mode, align_corners=False):
    if padding_mode == "reflection":
        np.arange(length)[position]
    return pad_position(position, length, padding_mode)


@EXERCISE.wrong(
    "The way back is missing",
    "on the way out the distance from the first mirror grows, on the way back it shrinks again, and only after both "
    "does it all repeat; yours starts again at every mirror.",
    "sec-sampler-outside",
)
def half_period(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    first, span = (0, max(length - 1, 1)) if align_corners else (-0.5, length)
    return np.clip(first + np.abs(position - first) % span, 0, length - 1)


@EXERCISE.wrong(
    "Mirrored only once",
    "what one mirror sends beyond the other must be mirrored again, as often as it "
    "takes; yours clips after the first time.",
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
    "what one mirror sends beyond the other must be "
    "mirrored again, as often as it takes; far outside, once on each side is too few.",
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
    "between a mirror on the edge and the outermost centre lies half a pixel without a neighbour on one side; it "
    "shows the outermost pixel, so clip to 0 and length - 1 as well.",
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
    "Clipped to length",
    "the last of so many pixels is number length - 1, since the first is 0; yours clips to length, one pixel too far.",
    "sec-sampler-outside",
)
def clipped_to_length(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.clip(position, 0, length)


@EXERCISE.wrong(
    "Clipped to the outer edges",
    "with border nothing changes any more beyond the outermost centres, 0 "
    "and length - 1; yours goes on for half a pixel, where a neighbour is missing.",
    "sec-sampler-outside",
)
def clipped_to_edges(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.clip(position, -0.5, length - 0.5)


@EXERCISE.wrong(
    "Everything outside is sent to 0",
    "border sends a position to the end that it lies beyond: 0 on the left, length - 1 on the right.",
    "sec-sampler-outside",
)
def sent_to_zero(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.where((0 <= position) & (position <= length - 1), position, 0)


@EXERCISE.wrong(
    "zeros is clipped too",
    "with zeros a position outside must stay outside, or the sampler could not tell that it is outside.",
    "sec-sampler-outside",
)
def zeros_clipped(position, length, padding_mode, align_corners=False):
    if padding_mode == "zeros":
        return np.clip(position, 0, length - 1)
    return pad_position(position, length, padding_mode, align_corners)


@EXERCISE.wrong(
    "zeros gives position 0",
    "with zeros the positions come back as they came: it is the brightness "
    "outside that is 0, not the position; yours sends them to pixel 0.",
    "sec-sampler-outside",
)
def zeros_at_zero(position, length, padding_mode, align_corners=False):
    if padding_mode == "zeros":
        return np.where((0 <= position) & (position <= length - 1), position, 0)
    return pad_position(position, length, padding_mode, align_corners)


@EXERCISE.wrong(
    "Mirrors at 0 and length",
    "the mirrors are on the outermost centres, 0 and length - 1, or on the outer edges, -1/2 and length - 1/2; yours "
    "are a pixel too far apart, or half a pixel too far right.",
    "sec-sampler-outside",
)
def zero_and_length(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    return mirrored(position, 0, length, length)


@EXERCISE.wrong(
    "Whole pixels, not positions",
    "a position between two pixels keeps its fraction, or runs backwards "
    "with it in a mirror; yours comes out as a whole number.",
    "sec-sampler-library",
)
def whole_pixels(position, length, padding_mode, align_corners=False):
    return np.rint(pad_position(position, length, padding_mode, align_corners))


@EXERCISE.wrong(
    "border wraps round",
    "beyond the end the outermost pixel is repeated without end; % length shows the other end of the axis there.",
    "sec-sampler-outside",
)
def border_wrapped(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return position % length


@EXERCISE.wrong(
    "border wraps round, and is clipped",
    "beyond the end the outermost pixel is repeated without end; % length shows the other end of the axis there, and "
    "clipping does not change that.",
    "sec-sampler-outside",
)
def border_wrapped_and_clipped(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.clip(position % length, 0, length - 1)


@EXERCISE.wrong(
    "border and reflection wrap round",
    "beyond the end border repeats the outermost pixel, and "
    "reflection runs backwards; % length begins again at the other end in both.",
    "sec-sampler-outside",
)
def both_wrapped(position, length, padding_mode, align_corners=False):
    return position.copy() if padding_mode == "zeros" else position % length


@EXERCISE.wrong(
    "Wrapped round to length - 1",
    "beyond a mirror the axis runs backwards; the remainder by length - 1 begins again at the other end.",
    "sec-sampler-outside",
)
def wrapped_by_steps(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    return position % max(length - 1, 1) if length > 1 else 0 * position


@EXERCISE.wrong(
    "reflection is taken for border",
    "border stops at the outermost pixel, and reflection goes back into the picture from there; yours clips in both.",
    "sec-sampler-outside",
)
def clipped_always(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, "border" if padding_mode == "reflection" else padding_mode)


@EXERCISE.wrong(
    "A mirror on the left alone",
    "there are two mirrors, one at each end, and between them a position "
    "goes back and forth; yours has the left one, and clips on the right.",
    "sec-sampler-outside",
)
def left_mirror(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    first = 0 if align_corners else -0.5
    return np.clip(np.abs(position - first) + first, 0, length - 1).astype(position.dtype)


@EXERCISE.wrong(
    "The absolute value alone",
    "|position| is a mirror at 0 and at 0 alone; what it sends beyond the "
    "last pixel must be mirrored at the other end as well, and clipped.",
    "sec-sampler-outside",
)
def absolute(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    return np.abs(position)


@EXERCISE.wrong(
    "border is held on the right alone",
    "the edge pixel is repeated on both sides, so hold the position at 0 on the left as well.",
    "sec-sampler-outside",
)
def border_right_alone(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.minimum(position, length - 1)


@EXERCISE.wrong(
    "border is held on the left alone",
    "the edge pixel is repeated on both sides, so hold the position at length - 1 on the right as well.",
    "sec-sampler-outside",
)
def border_left_alone(position, length, padding_mode, align_corners=False):
    if padding_mode != "border":
        return pad_position(position, length, padding_mode, align_corners)
    return np.maximum(position, 0)


@EXERCISE.wrong(
    "The period is one way, not two",
    "there and back again is 2 * span, and only then does the pattern start again; yours starts again at the second "
    "mirror.",
    "sec-sampler-outside",
)
def one_way(position, length, padding_mode, align_corners=False):
    if padding_mode != "reflection":
        return pad_position(position, length, padding_mode)
    first, span = (0, length - 1) if align_corners else (-0.5, length)
    beyond = np.abs(position - first) % max(span, 1)
    return np.clip(first + np.minimum(beyond, max(span, 1) - beyond), 0, length - 1)


@EXERCISE.wrong(
    "border is left out",
    "border holds the position at 0 and length - 1; yours gives it back as it came.",
    "sec-sampler-outside",
)
def border_is_zeros(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, "zeros" if padding_mode == "border" else padding_mode, align_corners)


@EXERCISE.wrong(
    "reflection is left out",
    "reflection mirrors what lies outside; yours gives it back as it came.",
    "sec-sampler-outside",
)
def reflection_is_zeros(position, length, padding_mode, align_corners=False):
    return pad_position(position, length, "zeros" if padding_mode == "reflection" else padding_mode, align_corners)


@EXERCISE.wrong(
    "The mirror counts from its far end",
    "within a period the way out comes first and the way back second, so that a position inside stays where it is; "
    "yours has the two exchanged, and position 0 lands on the last pixel.",
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
    "beyond a mirror the axis runs backwards; the remainder by the distance between the mirrors starts again at the "
    "other one, but the pattern repeats only after there and back, twice that distance.",
    "sec-sampler-outside",
)
def wrapped_between_mirrors(position, length, padding_mode, align_corners=False):
    first, span = (0, length - 1) if align_corners else (-0.5, length)
    if padding_mode != "reflection" or not span:
        return pad_position(position, length, padding_mode, align_corners)
    return np.clip(first + (position - first) % span, 0, length - 1)
