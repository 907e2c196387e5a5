"""The judge by itself: its verdicts on unforeseen answers, and its output for a reader."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from book.by_hand import CLASSES, HIDDEN, SEEN, SMALL, identity_start
from conftest import ROOT
from tests.judge import Bench, Case, Exercise, Stub, catalogue, judge, judge_stub, remembering, select, stubs
from tests.judge.calling import Clock, Late, time_limit
from tests.judge.changes import change_of_all
from tests.judge.further import CALLS
from tests.judge.places import where
from tests.judge.probes import probes

WIDTH = 100
PICTURE = np.arange(1.0, 13).reshape(3, 4)
TALL = np.arange(30.0).reshape(5, 6)
ENDS = np.arange(5)[:, None] % 4 == 0
GRID = np.random.default_rng(0).standard_normal((2, 3, 4, 2))


def reading(image, weight):
    """A right answer to a toy exercise: two outputs, one of them small."""
    return image * weight[0] + weight[1], weight[:1] * image.sum(dtype=image.dtype)


TOY = Exercise(
    name="reading",
    answer="test_judge",
    gives=("out", "total"),
    cases=[
        Case("three pixels", np.array([[1.0, 2, 4]]), np.array([3.0, 1]), expected=([[4, 7, 13]], [21])),
        Case("a picture", PICTURE, np.array([0.5, -2.0])),
        Case("in float32", PICTURE.astype("float32"), np.array([0.5, 3], "float32")),
    ],
)


@TOY.wrong("The bias is forgotten", "the second weight is added to every pixel.", "ch-grid")
def without_bias(image, weight):
    return image * weight[0], reading(image, weight)[1]


@TOY.wrong("The mean for the sum", "the total adds the pixels up, it does not average them.", "ch-grid")
def mean(image, weight):
    return reading(image, weight)[0], reading(image, weight)[1] / image.size


def head(function, exercise=TOY):
    """The judge's message up to the first empty line, as one line."""
    return " ".join(judge(exercise, function).message.partition("\n\n")[0].split())


def test_right_answer():
    verdict = judge(TOY, reading)
    assert (verdict.status, verdict.message) == ("right", "reading: right. All 3 checks hold.")


def test_wrong_answer_in_other_words_is_recognised():
    """What was given counts, not how it was written."""

    def mine(image, weight):
        total = np.array([weight[0] * sum(row.sum() for row in image)], image.dtype)
        return np.stack([row * weight[0] for row in image]), total

    verdict = judge(TOY, mine)
    assert verdict.misconception == "The bias is forgotten"
    assert verdict.message.startswith("The bias is forgotten: the second weight is added to every pixel.\nRead: ")


def test_message_shows_expected_and_given():
    message = judge(TOY, without_bias).message
    for part in (
        "reading(image, weight): three pixels",
        "image = [[1. 2. 4.]]",
        "weight = [3. 1.]",
        "out, expected = [[ 4.  7. 13.]]",
        "out, given    = [[ 3.  6. 12.]]",
        "First difference at [0, 0]: expected 4, given 3.",
        "total: right",
        "0 of 3 checks hold; this is the first that does not.",
    ):
        assert part in message, message


def test_two_catalogued_mistakes_are_told_one_after_the_other():
    said = head(lambda i, w: (without_bias(i, w)[0], mean(i, w)[1]))
    assert said.startswith("The bias is forgotten: the second weight is added to every pixel. (That explains out.) ")
    assert " The mean for the sum: the total adds the pixels up, it does not average them. (That explains total" in said


def test_two_catalogued_mistakes_in_one_output():
    """The one in the other's right answer; and each in its own cases."""
    both = Exercise("reading", "test_judge", ("out", "total"), TOY.cases)
    both.wrong("The weight is doubled", "it is not.", "ch-grid")(lambda i, w: (reading(i, 2 * w)[0], reading(i, w)[1]))
    both.wrong("The image is negative", "it is not.", "ch-grid")(lambda i, w: (reading(-i, w)[0], reading(i, w)[1]))
    said = head(lambda i, w: (reading(-i, 2 * w)[0], reading(i, w)[1]), both)
    assert said.startswith("The weight is doubled: it is not. (In addition, the image is negative: it is not.)")
    said = head(lambda i, w: (reading(*((-i, w) if i.dtype == "float32" else (i, 2 * w)))[0], reading(i, w)[1]), both)
    assert said.startswith("The weight is doubled: it is not. (In other calls, the image is negative: it is not.)")


@pytest.mark.parametrize("said, function", [
    ("takes `-image` for `image`", lambda i, w: reading(-i, w)),
    ("takes `1 / weight` for `weight`", lambda i, w: reading(i, 1 / w)),
    ("takes the mean of `weight` for all for `weight`", lambda i, w: reading(i, 0 * w + w.mean())),
    ("with `image * weight[0] - weight[1]` in place of `image * weight[0] + weight[1]`",
     lambda i, w: (i * w[0] - w[1], reading(i, w)[1])),
    ("with `weight[:1] + image.sum(dtype=image.dtype)` in place of `weight[:1] * image.sum(dtype=image.dtype)`",
     lambda i, w: (reading(i, w)[0], w[:1] + i.sum())),
    ("with `np.clip(image * weight[0] + weight[1], 0, 1)` in place of `image * weight[0] + weight[1]`",
     lambda i, w: (np.clip(reading(i, w)[0], 0, 1), reading(i, w)[1])),
], ids=["sign", "inverse", "mean", "slip", "slip in one output", "clipped"])  # fmt: skip
def test_right_answer_on_other_arguments_or_with_a_slip_is_recognised(said, function):
    found = head(lambda i, w: tuple(part.astype(i.dtype) for part in function(i, w)))
    assert "Your result is that of a right answer" in found and found.endswith(f"{said}."), found


def twice(image, weight):
    """Wrong in one place, and unlike the right answer."""
    print("many times, unheard")
    total = 0
    for row in image:
        total += row.sum()
    return image * weight[0] + 2 * weight[1], np.array([weight[0] * total], image.dtype)


def in_both(image, weight):
    out = weight[0] * image - weight[1]
    return out, np.array([image.sum() + weight[0]], image.dtype)


def crashing(image, weight):
    rows, columns = image.shape
    ones = np.ones((columns, rows), image.dtype)
    return ones * weight[1] + image * weight[0], weight[:1] * image.sum(dtype=image.dtype)


def without_a_factor(image, weight):
    scale = weight[0]
    return scale * image + weight[1], np.array([image.sum()], image.dtype)


def helper(values):
    return np.median(values)


def with_a_helper(image, weight):
    return image * weight[0] + weight[1], np.array([weight[0] * helper(image)], image.dtype)


def in_two_places(image, weight):
    first = image[:1] * weight[0] - weight[1]
    others = image[1:] * weight[0] + 2 * weight[1]
    return np.concatenate([first, others]), weight[:1] * image.sum(dtype=image.dtype)


def with_a_while(image, weight):
    out, row = np.empty_like(image), 0
    while row < len(image):
        out[row] = image[row] * weight[0] + 3 * weight[1]
        row += 1
    return out, weight[:1] * image.sum(dtype=image.dtype)


def reading_a_file(image, weight):
    open(__file__).close()
    return image * weight[0] - weight[1], weight[:1] * image.sum(dtype=image.dtype)


@pytest.mark.parametrize("said, function", [
    ("Your function is right with `weight[1]` in place of `2 * weight[1]` (line", twice),
    ("out: No known mistake gives this result. It is right with `weight[0] * image + weight[1]`", in_both),
    ("total: No known mistake gives this result. It is right with `image.sum() * weight[0]`", in_both),
    ("Your function is right with `np.ones((rows, columns), image.dtype)` in place of `np.ones((columns", crashing),
    ("`np.array([image.sum()], image.dtype) * scale` in place of", without_a_factor),
    ("right with `np.sum(values)` in place of `np.median(values)`", with_a_helper),
    ("It is right with `weight[1]` in place of `2 * weight[1]` (line", in_two_places),
    (", and `image[:1] * weight[0] + weight[1]` in place of `image[:1] * weight[0] - weight[1]` (", in_two_places),
    ("Your function is right with `weight[1]` in place of `3 * weight[1]`", with_a_while),
], ids=["number", "first", "second", "crash", "left out", "helper", "two", "both", "while"])  # fmt: skip
def test_change_that_makes_the_readers_own_code_right_is_found(said, function):
    assert said in head(function)


def elementwise(image, step=None):
    return image * image.T


def without_default(image, step=None):
    every = len(image) // 2
    return image[::every]


def inverted(image, step=None):
    (rows, columns), (first, second) = image.shape, image[:2]
    return np.stack([first * columns / (columns - 1), second * rows / (rows - 1)])


def without_end(image, step=None):
    return image * np.linspace(1, 2, len(image), endpoint=False)


def one_side_shorter(image, step=None):
    first = image[0] * image.mean() + image[0, 1] - 3
    other = image[1] * image.mean()
    return np.stack([first, other])


def outer_centres(image, step=None):
    k, n = np.arange(4), len(image)
    return image * (2 * k / (n - 1) - 1)


def one_line_too_many(image, step=None):
    out = image + 1
    out[0] = 0
    return out


def last_for_first(image, step=None):
    longer = np.concatenate([image, image[:1] / 2])
    return longer[1:]


@pytest.mark.parametrize("said, function, right", [
    ("`image[1] * image.mean() + image[1, 1] - 3` in place of `image[1] * image.mean()`", one_side_shorter,
     lambda i, s: np.stack([row * i.mean() + row[1] - 3 for row in i[:2]])),
    ("`(2 * k + 1) / n - 1` in place of `2 * k / (n - 1) - 1`", outer_centres,
     lambda i, s: i * ((2 * np.arange(4) + 1) / 4 - 1)),
    ("the line `out[0] = 0` left out", one_line_too_many, lambda i, s: i + 1),
    ("`longer[:-1]` in place of `longer[1:]`", last_for_first, lambda i, s: i.copy()),
    ("`image @ image.T` in place of `image * image.T`", elementwise, lambda i, s: i @ i.T),
    ("`step or len(image) // 2` in place of `len(image) // 2`", without_default, lambda i, s: i[:: s or 2]),
    ("`first * (columns - 1) / columns` in place of `first * columns / (columns - 1)`, and so on", inverted,
     lambda i, s: i[:2] * 3 / 4),
    ("endpoint=True)` in place of", without_end, lambda i, s: i * np.linspace(1, 2, len(i))),
], ids=["twin", "position", "line", "first", "product", "default", "factor", "end"])  # fmt: skip
def test_change_of_a_kind_that_only_a_readers_code_needs(said, function, right):
    squares = [Case(f"step {step}", np.arange(1.0, 17).reshape(4, 4) ** 2, step) for step in (None, 3)]
    toy = Exercise("square", "test_judge", ("out",), squares)
    toy.solution = lambda package="": right
    assert "Your function is right with" in (found := head(function, toy)) and said in found, found


def evenly(image, step):
    return image * (1 - step / 8)


def test_short_formula_of_a_right_answer_is_put_in():
    toy = Exercise("falling", "test_judge", ("out",), [Case(f"step {k}", PICTURE, k) for k in (1, 2, 3)])
    toy.solution = lambda package="": evenly
    assert "with `image * (1 - step / 8)` in place of `image * 0.9 ** step` (line" in head(exponentially, toy)


def exponentially(image, step):
    return image * 0.9**step


SIDE, SIDES = 30, []


def over_a_square(image, weight):
    SIDES.append(SIDE)
    return np.full((SIDE, SIDE), weight[0] - 3 * weight[1])


def test_changes_are_tried_in_smaller_calls_first():
    toy = Exercise("over_a_square", "test_judge", ("out",), TOY.cases[1:], smaller={"SIDE": 2})
    toy.solution = lambda package="": over_a_square_rightly
    assert "with `weight[1]` in place of `3 * weight[1]`" in head(over_a_square, toy)
    assert SIDES.count(30) < 20 < SIDES.count(2)


def over_a_square_rightly(image, weight):
    return np.full((SIDE, SIDE), weight[0] - weight[1])


def test_what_is_slow_is_computed_once(monkeypatch):
    """With the same random numbers as if it were computed again."""
    monkeypatch.setattr(remembering, "SLOW", 0)
    calls = []

    def draw(rng, scale):
        calls.append(scale)
        return rng.random(3) * scale["factor"]

    for function in (draw, remembering.remembered(draw), remembering.remembered(draw)):
        rng = np.random.default_rng(0)
        drawn = [function(rng, {"factor": factor}).tolist() for factor in (2.0, 2.0, 3.0)]
        assert drawn == (np.random.default_rng(0).random((3, 3)) * [[2], [2], [3]]).tolist()
    assert len(calls) == 6


def test_limit_of_time_inside_another_one_leaves_that_as_it_was():
    with pytest.raises(Late), time_limit(0.5):
        with pytest.raises(Late), time_limit(0.05):
            time.sleep(5)
        time.sleep(5)
        pytest.fail("the outer limit is over")


def test_line_to_change_is_that_of_the_file_and_what_is_printed_meanwhile_is_unheard(capsys):
    line = twice.__code__.co_firstlineno + 6
    assert f"(line {line})" in head(twice)
    assert capsys.readouterr().out.count("unheard") <= len(TOY.cases) + CALLS


def through_lapack(image, weight):
    return image * weight[0] - weight[1] + 0 * np.linalg.svd(image)[1].sum(), reading(image, weight)[1]


def compiled(values):
    return values


compiled.py_func = compiled  # as Numba marks its functions


def through_compiled_code(image, weight):
    return compiled(image) * weight[0] - weight[1], weight[:1] * image.sum(dtype=image.dtype)


def falling(image, steps=10000):
    return image / (steps + 1)


def test_default_that_would_take_far_longer_is_not_tried():
    cases = [Case("three steps", PICTURE, 3), Case("two steps", PICTURE, 2)]
    toy = Exercise("falling", "test_judge", ("out",), cases)
    toy.solution = lambda package="": falling
    tried = [words for words, name, _ in probes(toy) if name == "steps"]
    assert tried and not any("default" in words for words in tried)


def one_scale_for_both(image, weight):
    scale = weight[0] + 1
    return image * scale + weight[1], np.array([scale * image.sum()], image.dtype) + np.sin(image.sum())


def test_change_for_one_output_leaves_the_others_as_they_were():
    said = head(one_scale_for_both)
    assert "in place of `weight[0] + 1`" not in said and "`image * weight[0]` in place of `image * scale`" in said


@pytest.mark.parametrize("function", [reading_a_file, through_lapack, through_compiled_code])
def test_code_that_reads_files_or_could_loop_for_ever_is_not_run_with_changes(function):
    """Neither LAPACK nor compiled code is stopped by an alarm."""
    assert " is right with" not in head(function)


def transposed(image, weight):
    return image @ weight.T


def test_slip_is_found_though_it_raises_in_some_calls():
    square, wide = np.arange(1.0, 10).reshape(3, 3) ** 2, np.arange(1.0, 7).reshape(2, 3)
    toy = Exercise("transposed", "test_judge", ("out",), [Case("square", PICTURE[:, :1] * square[:1], square),
                                                          Case("wide", PICTURE[:, :1] * square[:1], wide)])  # fmt: skip
    assert "right answer with `image @ weight` in place of `image @ weight.T`" in head(lambda i, w: i @ w, toy)


def test_default_in_place_of_what_was_given():
    toy = Exercise("power", "test_judge", ("out",), [Case("squares", PICTURE, power=2.0), Case("cubes", PICTURE, 3.0)])
    toy.solution = lambda package="": lambda image, power=1.0: image**power
    assert head(lambda image, power=1.0: image, toy).endswith("takes its default, 1.0, for `power`.")


@pytest.mark.parametrize("said, function", [
    ("Wrong only at 3 along axis 1 (counted from 0). There: every number is the square", lambda i: i ** [1, 1, 1, 2]),
    ("Wrong everywhere but at 0 along axis 1 (counted from 0). There: every number is", lambda i: i ** [1, 2, 2, 2]),
    ("Wrong only below the diagonal. There: everything given is zero", np.triu),
    ("Wrong only where the right number is negative. There: everything is 3 times", lambda i: i * 3.0 ** (i < 0)),
    ("another order; otherwise they are right. One array was reshaped", lambda i: i.T.reshape(i.shape)),
])  # fmt: skip
def test_change_in_a_part_of_the_output(said, function):
    toy = Exercise(
        "same", "test_judge", ("out",), [Case("a picture", 0.5 + np.outer(np.arange(-3, 4), np.arange(1, 5)))]
    )
    toy.solution = lambda package="": lambda image: image.copy()
    assert said in head(function, toy)


@pytest.mark.parametrize("given", [lambda i, w: (i, w[:1]), lambda i, w: (i.view(), w[:1])])
def test_array_that_lies_in_an_argument_is_new_only_where_new_ones_are_asked_for(given):
    """Numbers that are right now, but change when the caller changes the argument."""
    for fresh in (False, True):
        toy = Exercise("same", "test_judge", ("out", "total"), [TOY.cases[1]], fresh=fresh)
        toy.solution = lambda package="": lambda image, weight: (image.copy(), weight[:1].copy())
        verdict = judge(toy, given)
        assert verdict.status == ("wrong" if fresh else "right")
    said = " ".join(verdict.message.split())
    assert "out and total shares its memory with an argument: a new array is required" in said


def test_small_constant_does_not_pass_as_rounding():
    """Where each number counts by its own size."""
    for relative, status in ((False, "right"), (True, "wrong")):
        small = Exercise("log", "test_judge", ("out",), [Case("small", np.array([1e-6, 1e-3]), relative=relative)])
        small.solution = lambda package="": lambda r: r**2 * np.log(r)
        verdict = judge(small, lambda r: r**2 * np.log(r + 1e-10))
        assert verdict.status == status
    assert "has a small number been added that does not belong there?" in " ".join(verdict.message.split())


def test_catalogued_mistake_in_another_type():
    said = head(lambda i, w: tuple(part.astype("float64") for part in without_bias(i, w)))
    assert said.startswith("The bias is forgotten: ") and "the type is wrong: expected float32, given float64." in said


def test_catalogued_mistake_in_what_is_shown_alone():
    said = head(lambda i, w: (i * w[0] if i.dtype == "float64" else i**3, reading(i, w)[1]))
    assert said.startswith("The bias is forgotten: ") and "(That explains 2 of the 3 calls that go wrong; " in said


def test_mistake_in_some_calls_of_both_outputs_is_named_once():
    both = Exercise("pair", "test_judge", ("product", "sum"), TOY.cases)
    both.solution = lambda package="": lambda image, weight: (image * weight[0], image + weight[0])
    mistake = both.wrong("The cubes", "there are no cubes.", "ch-grid")(lambda i, w: (i**3 + w[1], i**3 - w[1]))
    said = head(lambda i, w: mistake(i, w) if i.dtype == "float64" else (np.sin(i), np.cos(i)), both)
    assert said.count("The cubes") == 1 and "explains 2 of the 3" in said, said


def products(image, weight):
    """A right answer whose cases have one weight: twice it and its square are the same there."""
    return image * weight


PRODUCTS = Exercise(
    "products",
    "test_judge",
    ("out",),
    [Case("by two", PICTURE, np.array([2.0])), Case("by two", TALL, np.array([2.0]))],
)


def test_guess_that_fits_the_cases_is_tried_on_other_numbers():
    said = head(lambda i, w: i * np.exp2(w), PRODUCTS)
    assert "Everything is" not in said and "2 * weight" not in said and "Next: work out" in said, said


def test_second_half_that_fits_the_cases_alone_is_dropped():
    """A catalogued mistake and a factor of 2 give what came in each case, and nowhere else."""
    toy = Exercise("products", "test_judge", ("out",), PRODUCTS.cases)
    toy.wrong("The square of the picture", "it is not squared.", "ch-grid")(lambda i, w: (i**3 + i) * w)
    said = head(lambda i, w: (i**3 + i) * np.exp2(w), toy)
    assert "In addition" not in said and "The square of the picture" not in said, said


def test_second_half_says_nothing_false_of_an_output_that_is_right():
    """Two mistakes, of which one spoils the total as well, give the picture that came; the total is right."""
    both = Exercise("reading", "test_judge", ("out", "total"), TOY.cases)
    both.wrong("The weight is doubled", "it is not.", "ch-grid")(lambda i, w: (reading(i, 2 * w)[0], reading(i, w)[1]))
    both.wrong("The total is negative", "it is not.", "ch-grid")(lambda i, w: reading(-i, w))
    said = head(lambda i, w: (reading(-i, 2 * w)[0], reading(i, w)[1]), both)
    assert "The total is negative" not in said and "the total is negative" not in said, said


def test_factor_and_shift_are_no_second_half():
    """The two together turn one mistake into many another."""
    said = head(lambda i, w: (3 * without_bias(i, w)[0] + 7, reading(i, w)[1]))
    assert "In addition: everything is 3 times" not in said, said


def test_length_is_no_second_half():
    """As with the root of a sum of squares over S, which is a standard error and no sum that was not divided."""
    toy = Exercise("products", "test_judge", ("out",), PRODUCTS.cases)
    toy.wrong("The square of the picture", "it is not squared.", "ch-grid")(lambda i, w: (i**3 + i) * w)
    said = head(lambda i, w: (i**3 + i) * w / len(i), toy)
    assert "The square of the picture" not in said, said


def test_what_calls_have_in_common_is_not_said_of_a_chance():
    """A picture of ones is right by chance; it is the only one of one row."""
    cases = [Case("ones", np.ones((1, 3))), Case("a picture", PICTURE), Case("a tall one", TALL)]
    same = Exercise("same", "test_judge", ("out",), cases)
    same.solution = lambda package="": lambda image: image.copy()
    said = head(lambda image: np.sin(image) - np.sin(1) + 1, same)
    assert "It goes wrong wherever" not in said and "Next: work out[0, 1] of the case below" in said, said


def test_outputs_are_in_another_order_only_if_they_are_in_every_call():
    """The two are exchanged in the first call alone, by chance."""
    cases = [Case("alike", np.array([[1.0, 2], [3, 4]])), Case("a picture", PICTURE[:, :3])]
    pair = Exercise("pair", "test_judge", ("rows", "columns"), cases)
    pair.solution = lambda package="": lambda image: (image, image.T)
    said = head(lambda image: (image.T, image + (image.size > 4) * np.arange(len(image))), pair)
    assert "come in another order" not in said, said
    assert "come in another order than rows, columns." in head(lambda image: (image.T, image), pair)


def test_crash_in_other_words_is_the_same_mistake():
    """Where the numbers of other calls show which mistake it is."""
    toy = Exercise("reading", "test_judge", ("out", "total"), TOY.cases)

    def crash(image, weight, said):
        if image.dtype == "float32":
            raise ValueError(said)
        return image**2 - weight[1], reading(image, weight)[1]

    toy.wrong("The square", "there is no square.", "ch-grid")(lambda image, weight: crash(image, weight, "no"))
    said = head(lambda image, weight: crash(image, weight, "that cannot be"), toy)
    assert said.startswith("The square: there is no square. Read: "), said
    assert not head(lambda image, weight: crash(image, weight, image[7, 7]), toy).startswith("The square: ")


def test_normal_weights_are_named_whichever_function_draws_them():
    def first_weights(rng, dtype=np.float32):
        def draw(*shape):
            return (rng.standard_normal(shape) / shape[1] ** 0.5).astype(dtype)

        hidden, theta = draw(HIDDEN, SMALL**2), identity_start(HIDDEN, dtype)
        seen, classes = draw(HIDDEN, SEEN**2), draw(CLASSES, HIDDEN)
        return hidden, np.zeros(HIDDEN, dtype), *theta, seen, np.zeros(HIDDEN, dtype), classes, np.zeros(CLASSES, dtype)

    assert head(first_weights, catalogue("ex05_first_weights")).startswith("Normally distributed weights: ")


def test_half_of_a_catalogued_mistake():
    """Where only one output is wrong, and a mistake that spoils both spoils that one in the same way."""
    both = Exercise("reading", "test_judge", ("out", "total"), TOY.cases)
    both.wrong("All is doubled and one", "nothing is doubled.", "ch-grid")(
        lambda i, w: tuple(2 * part + 1 for part in reading(i, w))
    )
    said = head(lambda i, w: (2 * reading(i, w)[0] + 1, reading(i, w)[1]), both)
    assert said.startswith("All is doubled and one: nothing is doubled. (That explains out.) Read: ")


def test_wrong_numbers_and_an_argument_written_in_place():
    said = head(lambda i, w: (np.multiply(i, 2 * w[0] * i, out=i), np.zeros(1)))
    assert "(Your function also writes into its argument i: work on a copy first.) total: No known mistake" in said


def test_a_catalogued_mistake_with_a_sign_is_two_at_once():
    said = head(lambda i, w: (-without_bias(i, w)[0], reading(i, w)[1]))
    assert said.startswith("The bias is forgotten: ")
    assert "(In addition: every sign is reversed.) Read: " in said


def test_zeros_are_no_argument():
    """They come out of a right answer that takes zeros for something, and of much else."""
    toy = Exercise("products", "test_judge", ("out", "sum"), PRODUCTS.cases)
    toy.solution = lambda package="": lambda image, weight: (image * weight, image.sum() * weight)
    said = head(lambda i, w: (0 * i, 0 * w), toy)
    assert "takes zeros" not in said and "Everything given is zero" in said, said


def test_argument_that_is_not_read_is_no_second_change():
    """Most functions are some constant with a slip."""
    said = head(lambda i, w: (i * 0 + w[1] * np.arange(i.shape[1]) ** 2, reading(i, w)[1]))
    assert "takes zeros" not in said and "takes ones" not in said, said


def written_in_place(image, weight):
    image *= weight[0]
    image += weight[1]
    return image, reading((image - weight[1]) / weight[0], weight)[1]


@pytest.mark.parametrize("said, function", [
    ("Your reading returned None: is there a return at its end?", lambda i, w: None),
    ("Your reading raised IndexError: ", lambda i, w: w[7]),
    ("The stub's own line, raise NotImplementedError, is still", lambda i, w: exec("raise NotImplementedError")),
    ("Your reading does not take the arguments", lambda i: i),
    ("Your reading returned a tuple of 3; expected 2 arrays (out, total), one after", lambda i, w: (*reading(i, w), 1)),
    ("Your reading returned one array; expected 2 arrays (out, total)", lambda i, w: reading(i, w)[0]),
    ("Your reading returned one array; expected 2 arrays (out, total), one after the other. What came is right: total. "
     "Missing: out.", lambda i, w: reading(i, w)[1]),
    ("The shape of out is wrong: expected (1, 3), given (2, 3). Your first 1 along axis 0 are right; leave out what",
     lambda i, w: (np.concatenate([reading(i, w)[0], i[:1]]), reading(i, w)[1])),
    ("Your reading returned one dict; expected 2 arrays (out, total)", lambda i, w: {"out": reading(i, w)[0]}),
    ("The results are right, but come in another order than out, total.", lambda i, w: reading(i, w)[::-1]),
    ("total is None: was it ever computed?", lambda i, w: (reading(i, w)[0], None)),
    ("out is of type list; expected a NumPy array.", lambda i, w: ([[1.0]], reading(i, w)[1])),
    ("out holds <U1; expected real numbers.", lambda i, w: (np.array(["a"]), reading(i, w)[1])),
    ("The shape of out is wrong: expected (1, 3), given (3, 1). The numbers are right, with the axes in the",
     lambda i, w: (reading(i, w)[0].T, reading(i, w)[1])),
    ("The shape of out is wrong: expected (1, 3), given (3,).", lambda i, w: (reading(i, w)[0][0], reading(i, w)[1])),
    ("The numbers of out are right, their type is wrong: expected float32, given float64.",
     lambda i, w: (reading(i, w)[0].astype("float64"), reading(i, w)[1])),
    ("The numbers are right, but your function writes into its argument image.", written_in_place),
    ("total: No known mistake gives this result. Everything given is zero", lambda i, w: (reading(i, w)[0], 0 * w[:1])),
    ("Your reading raised SystemExit: ", lambda i, w: sys.exit()),
    ("Your reading raised RecursionError: ", lambda i, w: sum(map(lambda _: 1, iter(lambda: recurse(), 0)))),
])  # fmt: skip
def test_answer_without_a_name_gets_a_sentence(said, function):
    verdict = judge(TOY, function)
    assert verdict.status == "wrong"
    assert " ".join(verdict.message.split()).startswith(said), verdict.message


def recurse():
    return recurse()


def test_catalogued_crash_is_named_and_shows_the_line():
    crash = Exercise("reading", "test_judge", ("out", "total"), TOY.cases)
    crash.wrong("The third weight", "there are two weights, counted from 0.", "ch-grid")(lambda i, w: w[2])
    said = head(lambda image, weight: weight[2] * image, crash)
    assert said.startswith("The third weight: there are two weights, counted from 0. Read: ")
    assert "Your reading raised IndexError: index 2 is out of bounds" in said and "weight[2] * image" in said


def test_catalogued_mistake_that_also_writes_into_an_argument():
    def answer(image, weight):
        out = without_bias(image, weight)
        weight[:] = 0
        return out

    said = head(answer)
    assert said.startswith("The bias is forgotten: ") and "also writes into its argument weight: work on a copy" in said


def test_what_was_worked_out_by_hand_is_what_counts():
    """Even against the library: paper that disagrees with it makes its answer wrong."""
    case = Case("three", *TOY.cases[0].args, expected=([[4, 7, 14]], [21]))
    paper = Exercise("reading", "test_judge", ("out", "total"), [case])
    assert judge(paper, reading).status == "wrong"


def test_exercises_come_in_the_order_of_their_boxes():
    text = (ROOT / "book/04_sampler.md").read_text("utf8")
    boxes = re.findall(r"^:stub: (\w+)$", text, re.MULTILINE)
    assert [stub.name for stub in stubs() if stub.chapter == 4] == boxes != sorted(boxes)


def test_arguments_are_the_same_for_whoever_comes_next():
    judge(TOY, written_in_place)
    assert judge(TOY, reading).status == "right"


@pytest.mark.parametrize("said, given, expected", [
    ("Every sign is reversed; the absolute values are right.", -PICTURE, PICTURE),
    ("Everything is 3/2 times what it should be", 1.5 * PICTURE, PICTURE),
    ("Everything is 1/2 too small: a constant shift.", PICTURE - 0.5, PICTURE),
    ("Along the last axis the components are 3, 1/2 times", GRID * [3, 0.5], GRID),
    ("The numbers are transposed, axes 0 and 1 exchanged; otherwise", PICTURE[:, :3].T, PICTURE[:, :3]),
    ("The numbers run backwards along axis 1;", PICTURE[:, ::-1], PICTURE),
    ("The numbers are one place too far along axis 0;", np.roll(PICTURE, 1, 0), PICTURE),
    ("The numbers are in another order;", PICTURE.ravel()[np.argsort(GRID[0, :, :, 0].ravel())],
     PICTURE.ravel()),
    ("Everything given is zero", 0 * PICTURE, PICTURE),
    ("It is right up to rounding, and rounded to float32 (off by 5e-08)", np.float32(PICTURE / 7), PICTURE / 7),
    ("It is nearly right (off by 1e-05), but by more than rounding", PICTURE * (1 + 1e-7 * PICTURE), PICTURE),
    ("Every number is the square of what it should be.", PICTURE ** 2, PICTURE),
    ("Every number is rounded to a whole number.", np.rint(PICTURE / 7), PICTURE / 7),
    ("Everything is 2 times what it should be, and then 1 too small.", 2 * PICTURE - 1, PICTURE),
    ("Everything is 0.01745 (pi / 180, degrees turned into radians) times", np.radians(PICTURE), PICTURE),
    ("Numbers below 2 and above 9 are cut off; the others are right.", np.clip(PICTURE, 2, 9), PICTURE),
    ("Every number is rounded to 1 decimal;", (PICTURE / 7).round(1), PICTURE / 7),
    ("Every number given is 1/2, whatever the input.", np.full((3, 4), 0.5), PICTURE),
    ("Along axis 0 the first is used for all;", np.repeat(PICTURE[:1], 3, 0), PICTURE),
    ("Along axis 1 each is the sum over them;", PICTURE.sum(1, keepdims=True) + 0 * PICTURE, PICTURE),
    ("Along axis 0 all but the last are zero.", PICTURE * [[0], [0], [1]], PICTURE),
    ("Along axis 1 the numbers come in the order 0, 2, 1 and 3", PICTURE[:, [0, 2, 1, 3]], PICTURE),
])  # fmt: skip
def test_simple_change_is_named(said, given, expected):
    """If it explains every case; with one case that it does not explain, it is not reported."""
    given, expected = given.astype("float64"), expected.astype("float64")
    assert change_of_all([(given, expected), (given, expected)]).startswith(said)
    other = np.where(np.arange(expected.size).reshape(expected.shape) == 1, 5.5, expected)
    assert change_of_all([(given, expected), (other, expected)]) is None


def test_factor_is_seen_although_float32_rounds():
    said = head(lambda i, w: (reading(i, w)[0] / i.dtype.type(3), reading(i, w)[1]))
    assert said.startswith("out: No known mistake gives this result. Everything is 1/3 times what it should be")


@pytest.mark.parametrize("given, expected", [
    (np.array([[0.0, 1], [0, 0]]), np.array([[1.0, 0], [0, 0]])), (np.full((2, 3), 5.0), np.full((2, 3), 2.0)),
])  # fmt: skip
def test_few_different_numbers_prove_no_pattern(given, expected):
    assert change_of_all([(given, expected)]) is None


def test_not_a_number_is_said_first():
    nothing = np.where(PICTURE == 5, np.nan, PICTURE)
    assert change_of_all([(PICTURE, PICTURE), (nothing, PICTURE)]).startswith("1 of 12 numbers is not finite")


def test_one_output_alone_is_no_tuple():
    alone = Exercise("reading", "test_judge", ("out",), [Case("three", np.ones((1, 3)))])
    alone.solution = lambda package="": lambda image: 2 * image
    assert judge(alone, lambda image: 2 * image).status == "right"
    assert head(lambda image: (2 * image,), alone) == "Your reading returned a tuple of 1; expected one array."


def test_memory_that_was_never_written_does_not_pass():
    def unwritten(image, weight):
        return np.empty_like(image), reading(image, weight)[1]

    judge(TOY, reading)
    message = judge(TOY, unwritten).message
    assert "not finite" in message and "0 of 3 checks hold" in message


def test_mistake_is_not_named_where_the_reader_is_right():
    """It explains half of what is wrong, but would show in another case as well, where the answer is right."""

    def answer(image, weight):
        out, total = reading(image, weight)
        return (image**3 if image.size == 3 else image * weight[0] if image.dtype == "float32" else out), total

    said = head(answer)
    assert said.startswith("out: No known mistake gives this result. ") and "The bias is forgotten" not in said, said


def endless(image, weight):
    while True:
        pass


@pytest.mark.parametrize("alarm", [
    pytest.param(True, marks=pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="this system has no alarm")),
    False,
])  # fmt: skip
def test_loop_without_an_end_is_stopped(monkeypatch, alarm):
    """By an alarm, or by an exception set from another thread, as on Windows; once for all cases."""
    if not alarm:
        monkeypatch.delattr("signal.SIGALRM", raising=False)
    start = time.monotonic()
    message = judge(TOY, endless, clock=Clock(0.1)).message
    assert message.startswith("Your reading has not ended after 0.1 seconds, all checks together, and was\nstopped: is")
    assert re.search(r"here:\n    line \d+: (while True:|pass)$", message) and time.monotonic() - start < 1


@pytest.mark.parametrize("said, given, expected", [
    ("Wrong only at first and last along axis 0", np.where(ENDS, TALL ** 2 + 1, TALL), TALL),
    ("Wrong only at 2 along axis 1", np.where(np.arange(4) == 2, 0, PICTURE), PICTURE),
    ("Wrong only at 0 along axis 0 (counted from 0), at 1 along axis 1 (counted from 0); elsewhere",
     np.where(PICTURE == 2, 0, PICTURE), PICTURE),
    ("2 of 12 numbers are wrong, the others agree.", np.where(np.isin(PICTURE, (1, 6)), 0, PICTURE), PICTURE),
])  # fmt: skip
def test_place_of_the_difference_is_named(said, given, expected):
    assert where(given, expected).startswith(said)


def test_all_places_are_no_place():
    assert where(PICTURE**2 + 1, PICTURE) is None


def test_difference_at_the_border_alone():
    wrong = np.pad(PICTURE, 1, constant_values=7.0) ** 2
    right = wrong.copy()
    right[[0, -1]], right[:, [0, -1]] = 0, 0
    assert where(wrong, right).startswith("Wrong only at the border of the last two axes; in the interior the")


def test_difference_outside_the_image_alone():
    outside = PICTURE > 7
    for wrong, said in ((outside, "outside"), (~outside, "inside")):
        sentence = where(np.where(wrong, PICTURE**2 + 1, PICTURE), PICTURE, outside)
        assert sentence.startswith(f"Wrong only where samples lie {said} the image")


def test_judge_says_that_it_does_not_know_and_what_to_do_next():
    said = head(lambda i, w: (i**2 + np.arange(i.size).reshape(i.shape), reading(i, w)[1] + np.exp(w[:1])))
    assert said.startswith(
        "out: No known mistake gives this result. No pattern stands out either. Next: work out[0, 0] "
        "of the case below out by hand, where 4 is expected and 1 was given, and print each step of your"
    )


# What a reader sees, in a copy of the exercises


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A reader's folder: one right answer (compiled by Numba), four wrong ones, the rest as given."""
    target = tmp_path_factory.mktemp("exercises")
    given = {stub.name: stub for stub in stubs()}
    for stub in given.values():
        shutil.copy(stub.path, target)

    def answer(name, code):
        path = target / given[name].path.name
        line = 'raise NotImplementedError("your answer goes here")'
        text = path.read_text("utf8")
        path.write_text(text.replace(line, code) if line in text else code, "utf8")

    answer("linear_backward", "return d_out @ weight, d_out.T @ inputs, d_out.sum(axis=0)")
    answer("affine_grid", "return np.zeros((2, 2)) / undefined_name")
    answer("conv2d", "print('printed')")
    answer("im2col", "return (]")
    answer("compose_theta", "pass\n" + 'raise NotImplementedError("your answer goes here")'.rjust(54))
    return target


def pytest_run(folder, *arguments):
    command = [sys.executable, "-m", "pytest", *arguments, f"--exercises={folder}", "--color=no", "-pno:cacheprovider"]
    environment = {key: value for key, value in os.environ.items() if key != "CI"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    return done.returncode, done.stdout + done.stderr


def test_reader_sees_where_to_start(folder):
    code, said = pytest_run(folder, "--ex", "conv2d_backward")
    assert code == 1 and "Not begun: " in said and "`raise NotImplementedError`" in said
    assert "ex06_conv2d_backward.py" in said and "1 failed" in said


def test_reader_sees_what_is_right(folder):
    code, said = pytest_run(folder, "--ex", "linear_backward")
    assert code == 0 and "linear_backward: right. All" in said


def test_chapter_judges_all_its_exercises(folder):
    """A chapter's number and its topic mean the same exercises; the untouched ones fail here."""
    code, said = pytest_run(folder, "--ex", "6")
    again = pytest_run(folder, "--ex", "layers")[1]
    names = [stub.name for stub in stubs() if stub.chapter == 6]
    assert code == 1 and f"{len(names) - 1} failed, 1 passed" in said and f"{len(names) - 1} failed, 1 passed" in again


def test_reader_sees_the_line_and_gets_the_traceback_on_request(folder):
    code, said = pytest_run(folder, "--ex", "affine_grid")
    assert code == 1 and "Your affine_grid raised NameError: name 'undefined_name' is not defined" in said
    assert re.search(r"    line \d+: return np.zeros\(\(2, 2\)\) / undefined_name", said) and "Traceback" not in said
    said = pytest_run(folder, "--ex", "affine_grid", "--tb=long")[1]
    assert "Traceback (most recent call last)" in said and "undefined_name" in said


def test_file_that_does_not_run(folder):
    code, said = pytest_run(folder, "--ex", "im2col")
    assert code == 1 and "ex05_im2col.py does not run: SyntaxError" in said and "return (]" in said


def test_book_is_built_whatever_stands_in_a_stub(folder):
    """What a box shows of a file is read from a file that is not Python, too."""
    broken, given = Stub(folder / "ex05_im2col.py"), next(stub for stub in stubs() if stub.name == "im2col")
    assert broken.touched and broken.hints == given.hints and len(given.hints) == 3
    assert (broken.fields, broken.title) == (given.fields, given.title)


def test_default_run_judges_what_was_touched(folder):
    code, said = pytest_run(folder, "tests/test_exercises.py")
    assert code == 1 and "4 failed, 1 passed" in said and f"{len(stubs()) - 5} skipped" in said


def test_progress(folder):
    code, said = pytest_run(folder, "--progress")
    rows = {line.split()[1]: line for line in said.splitlines() if re.match(r" +\d+  \w+ .+ of 3 ", line)}
    assert code == 0 and set(rows) == {stub.name for stub in stubs()}
    assert rows["linear_backward"].endswith("right") and "wrong: Your conv2d returned None" in rows["conv2d"]
    assert "wrong: ex05_im2col.py does not run: SyntaxError" in rows["im2col"] and "printed" not in said
    assert max(map(len, said.splitlines())) <= WIDTH
    assert rows["conv2d_backward"].endswith("untouched")
    assert f"1 right, 4 wrong, {len(stubs()) - 5} untouched, of {len(stubs())}." in said


def test_unknown_name_lists_what_there_is(folder):
    code, said = pytest_run(folder, "--ex", "samplr")
    assert code == 4 and "expected a chapter or an exercise, got 'samplr'" in said and "affine_grid" in said


@pytest.mark.parametrize(
    "word",
    [
        "sampler-d-grid",
        "ex-sampler-d-grid",
        "ex07_sampler_d_grid.py",
        "sampler_d_grid",
        "./ex07_sampler_d_grid.py",
        "exercises/ex07_sampler_d_grid.py",
        "no/sampler_d_grid",
        r".\book\exercises\ex07_sampler_d_grid.py",
        str(ROOT / "ex07_sampler_d_grid.py"),
    ],
)
def test_exercise_may_be_written_as_the_book_or_the_folder_does(word):
    assert [stub.name for stub in select(word)] == ["sampler_d_grid"]


def test_file_somewhere_else_is_the_one_that_is_judged(folder):
    path = folder / "ex06_linear_backward.py"
    assert [stub.path for stub in select(str(path))] == [path.resolve()]
    assert {stub.chapter for stub in select("ex06")} == {6} == {stub.chapter for stub in select("ex06_")}


@pytest.mark.parametrize("word, said", [("linear_backwards", "Did you mean linear_backward?"), ("", "got ''")])
def test_word_that_means_nothing_is_refused(word, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        select(word)


def test_folder_without_exercises_is_refused(tmp_path):
    code, said = pytest_run(tmp_path, "--progress")
    assert code == 4 and "--exercises: expected a folder with files such as ex03_affine_grid.py, got" in said


def test_function_is_missing(tmp_path):
    path = tmp_path / "ex03_affine_grid.py"
    path.write_text("def affine(theta):\n    return theta\n", "utf8")
    assert judge_stub(Stub(path)).message == "ex03_affine_grid.py defines no function affine_grid. It defines affine."


COMPILED = """
import numba
import numpy as np


@numba.njit
def linear_backward(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = np.zeros_like(inputs), np.zeros_like(weight), np.zeros_like(bias)
    for n in range(len(inputs)):
        for o in range(len(weight)):
            d_inputs[n] += d_out[n, o] * weight[o]
            d_weight[o] += d_out[n, o] * inputs[n]
            d_bias[o] += d_out[n, o]
    return d_inputs, d_weight, d_bias
"""


def test_compiled_answer_is_judged_like_any_other(tmp_path):
    path = tmp_path / "ex06_linear_backward.py"
    path.write_text(COMPILED, "utf8")
    assert judge_stub(Stub(path), patience=300).status == "right"  # compiled on a machine that may be busy


def written(folder, name, code, encoding="utf8"):
    """A reader's file with this code."""
    path = folder / next(stub.path.name for stub in stubs() if stub.name == name)
    path.write_bytes(code.encode(encoding))
    return Stub(path)


# Neither an alarm nor an exception ends these, since both are caught
AT_ONCE = "while True:\n    try:\n        while True:\n            pass\n    except:\n        pass\n"
WHEN_CALLED = "def look_at(centre, share):\n" + "".join(f"    {line}\n" for line in AT_ONCE.splitlines())
COMPILED_LOOP = """
from numba import njit

@njit
def count(number):
    while number > 0:
        number = number + 1 if number < 9 else 3
    return number

def look_at(centre, share):
    return count(5)
"""
RIGHT = "def linear_backward(d_out, inputs, *_):\n    return d_out @ _[0], d_out.T @ inputs, d_out.sum(axis=0)\n"


@pytest.mark.parametrize("code, line", [
    (AT_ONCE, r"[34]: (while True:|pass)"), (WHEN_CALLED, r"[45]: (while True:|pass)"),
    (COMPILED_LOOP, r"11: return count\(5\)"), ("import time\ntime.sleep(99)", r"2: time.sleep\(99\)"),
], ids=["at once", "when called", "compiled", "sleep"])  # fmt: skip
def test_file_that_does_not_end_is_stopped_and_the_next_is_judged(tmp_path, code, line):
    with Bench(patience=3 if "njit" in code else 0.2) as bench:
        message = bench.judge(written(tmp_path, "look_at", code))[0].message
        assert re.match("(ex02_look_at.py|Your look_at) has not ended after ", message), message
        assert re.search(rf" here:\n    line {line}$", message), message
        assert bench.judge(written(tmp_path, "linear_backward", RIGHT))[0].status == "right"


def test_seconds_are_those_of_all_calls_and_of_the_file_together(tmp_path):
    code = "import time\ntime.sleep(0.3)\ndef look_at(centre, share):\n    time.sleep(0.3)\n    return centre\n"
    start = time.monotonic()
    message = judge_stub(written(tmp_path, "look_at", code), patience=0.8).message
    assert "Your look_at has not ended after 0.8 seconds" in message and time.monotonic() - start < 1.1


@pytest.mark.parametrize("code, said", [
    ("import os\nos._exit(3)", "ex02_look_at.py ended Python itself (exit code 3): a crash in compiled code, not"),
    ("import sys\nsys.exit()", "ex02_look_at.py does not run: SystemExit: line 2: sys.exit()"),
    ("input()", "ex02_look_at.py does not run: EOFError: EOF when reading a line"),
    ("import sys; sys.stdout.close()\ndef look_at(c, s):\n    return None", "Your look_at returned None"),
])  # fmt: skip
def test_file_that_ends_python_is_named_and_the_next_is_judged(tmp_path, code, said):
    with Bench() as bench:
        message = bench.judge(written(tmp_path, "look_at", code))[0].message
        assert " ".join(message.split()).startswith(said)
        verdict, printed = bench.judge(written(tmp_path, "linear_backward", "print('h\u00e4?')\n" + RIGHT))
        assert (verdict.status, printed) == ("right", "h\u00e4?\n")


UMLAUT = "# \u00e4\n" + RIGHT
UNREADABLE = "ex06_linear_backward.py cannot be read as Python ({}): save it as UTF-8."


@pytest.mark.parametrize("code, encoding, said", [
    (UMLAUT, "utf8", "linear_backward: right"),
    (UMLAUT, "utf-8-sig", "linear_backward: right"),
    ("# coding: latin-1\n" + UMLAUT, "latin-1", "linear_backward: right"),
    ("\r\n" + UMLAUT.replace("\n", "\r\n"), "latin-1", UNREADABLE.format("line 2 is not utf-8")),
    (UMLAUT, "utf-16", UNREADABLE.format("it is UTF-16")),
    (UMLAUT, "utf-16-le", UNREADABLE.format("it holds null bytes")),
    ("# coding: klingon\n" + UMLAUT, "utf8", UNREADABLE.format("unknown encoding: klingon")),
    ("# coding: ascii\n" + UMLAUT, "utf8", UNREADABLE.format("line 2 is not ascii")),
])  # fmt: skip
def test_file_in_another_encoding_is_read_as_python_does_or_refused_in_a_line(tmp_path, code, encoding, said):
    stub = written(tmp_path, "linear_backward", code, encoding)
    message = judge_stub(stub).message
    assert message.startswith(said) and "\n" not in message
    assert stub.touched and stub.hints == [] and stub.fields == {}


def test_progress_goes_on_after_files_that_do_not_end_or_cannot_be_read(tmp_path):
    written(tmp_path, "look_at", "import os\nos._exit(3)")
    written(tmp_path, "im2col", "# \u00e4", "latin-1")
    written(tmp_path, "conv2d", "# \u00e4", "utf-16")
    written(tmp_path, "linear_backward", RIGHT)
    (tmp_path / "ex03_affine_grid.py").mkdir()
    code, said = pytest_run(tmp_path, "--progress")
    assert code == 0 and "1 right, 4 wrong, 0 untouched, of 5." in said
    assert len(said.strip().splitlines()) == 7 and "Traceback" not in said


def test_file_that_is_debugged_is_judged_in_this_process(tmp_path):
    code = "import os\n\nif False:\n    breakpoint()\nprint('PID', os.getppid())\n" + RIGHT
    written(tmp_path, "linear_backward", code)
    said = pytest_run(tmp_path, "--ex", "linear_backward", "-rP")[1]
    assert f"PID {os.getpid()}" in said and "linear_backward: right" in said


@pytest.mark.parametrize("place", ["", "book/exercises", "stn_numpy/fast"])
def test_reader_is_heard_in_every_folder(place):
    """With the stub's path as the shell completes it there."""
    path = Path(os.path.relpath(ROOT / "book/exercises/ex03_affine_grid.py", ROOT / place))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "--ex", str(path), "--color=no", "-pno:cacheprovider"],
        capture_output=True,
        text=True,
        cwd=ROOT / place,
    )
    printed = done.stdout + done.stderr
    assert "Compute where every output pixel looks" in done.stdout and "1 failed" in done.stdout, printed


def test_progress_is_shown_in_every_folder(folder):
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "--progress", f"--exercises={folder}"],
        capture_output=True,
        text=True,
        cwd=ROOT / "book/exercises",
    )
    assert done.returncode == 0 and "1 right, 4 wrong" in done.stdout, done.stdout + done.stderr


def test_shell_may_make_several_files_of_one_word(folder):
    names = [path.name for path in sorted(folder.glob("ex06*"))]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "--ex", *names, "--color=no", "-pno:cacheprovider"],
        capture_output=True,
        text=True,
        cwd=ROOT / "book/exercises",
    )
    assert f"{len(names)} failed" in done.stdout, done.stdout + done.stderr


CELL = """
import sys
sys.path.insert(0, {root!r})
from book.exercises import check
def affine_grid(theta, size, align_corners=False):
    {body}
check({call})
"""


@pytest.mark.parametrize("body, call, said", [
    ("return None", "affine_grid", "Your affine_grid returned None"),
    ("1 / 0", "affine_grid", "Your affine_grid raised ZeroDivisionError: division by zero\n    line 6: 1 / 0"),
    ("import json; json.loads('')", "affine_grid", "\n    line 6: import json; json.loads('')"),
    ("pass", "lambda t, size, align_corners=False: t, 'affine_grid'", "The shape of grid is wrong"),
    ("pass", "print", "check: expected a function named like an exercise, got 'print'. The exercises are:"),
])  # fmt: skip
def test_check_in_a_cell_says_the_same_and_raises_nothing(tmp_path, body, call, said):
    path = tmp_path / "cell.py"
    path.write_text(CELL.format(root=str(ROOT), body=body, call=call), "utf8")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0 and not done.stderr
    assert done.stdout.startswith(said) or said in done.stdout, done.stdout
