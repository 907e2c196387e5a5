"""The table of explorables: for each its texts, its data, and whether it needs recorded results."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..digits import load_digits

ROWS = {"hills": [4, 5, 6, 8, 7], "constant 3": [3, 3, 3, 3, 3], "ramp": [1, 2, 3, 4, 5], "peak": [0, 0, 8, 0, 0]}
LATTICE = [[1, 3, 6, 8, 5, 2], [2, 7, 9, 4, 1, 0], [0, 5, 8, 6, 3, 1], [1, 2, 4, 7, 9, 6]]


@dataclass(frozen=True)
class Entry:
    """One explorable: title, what to try, the still in words, its data."""

    title: str
    text: str
    alt: str
    data: Callable
    needs_results: bool = False


def digit(label: int, which: int) -> np.ndarray:
    """A test digit (28, 28), from 0 to 1."""
    images, labels = load_digits("test")
    return images[labels == label][which, 0].astype(np.float64)


def _theta():
    pair = np.zeros((28, 56))
    pair[:, :28], pair[:, 28:] = digit(4, 2), digit(7, 0)
    return dict(digit=digit(4, 2), pair=pair)


def _neighbours():
    return dict(height=4, width=6, values=sum(LATTICE, []))


def _pulls():
    return dict(image=digit(4, 1), other=digit(4, 2), seven=digit(7, 0))


def _corners():
    """A sheet with a seven, seen at an angle: its corners clockwise from the top left, in normalised units."""
    from ..pool import avg_pool2d
    from ..projective import homography, projective_grid
    from ..sampler import grid_sample

    square = np.array([[[-1.0, -1], [1, -1], [1, 1], [-1, 1]]])
    corners = np.array([[[-0.55, -0.6], [0.35, -0.85], [0.8, 0.45], [-0.7, 0.75]]])
    sheet = np.ones((1, 1, 40, 40))
    sheet[..., 2:-2, 2:-2] = 0.25
    sheet[0, 0, 6:-6, 6:-6] += 0.75 * digit(7, 0)
    grid = projective_grid(homography(corners, square), (1, 1, 112, 112), align_corners=False)
    seen = avg_pool2d(grid_sample(sheet, grid, align_corners=False), 2)[0, 0]
    return dict(sheet=seen, digit=digit(4, 2), corners=corners[0].tolist())


def _winding():
    """A delta-winged aircraft, nose up: its contrast with the ground, (32, 32)."""
    from ..aerial import aerial_tiles
    from ..sampler import affine_sample

    with_it, without = (aerial_tiles(1, 1, 64, ("fighter",), bare)[0] for bare in (False, True))
    pose = aerial_tiles(1, 1, 64, ("fighter",))[1]
    ink = abs(with_it - without).max(axis=1, keepdims=True).astype(np.float64)
    theta = pose.theta
    theta[:, :, :2] *= 1.1 / pose.scale[:, None, None]  # as large as a tile can hold at any heading
    return dict(thing=np.clip(1.6 * affine_sample(ink, theta, (1, 1, 32, 32), align_corners=False)[0, 0], 0, 1))


def _growing(runs):
    """The recorded snapshots, and the ten digits that they were recorded for."""
    from ..distortions import distort

    images, labels = load_digits("test")
    turned, _ = distort(images, "R", np.random.default_rng(2015))  # as they were when the run was recorded
    choices = dict(
        classifier=dict(linear="linear", fcn="fully connected", cnn="convolutional"),
        transformer=dict(rotation="rotation", affine="affine"),
    )
    columns = {}
    for classifier, transformer in product(*choices.values()):
        found, without = (runs[f"{classifier} {name}"].values() for name in (transformer, "none"))
        columns[f"{classifier} {transformer}"] = dict(
            error=[one["error"] for one in found],
            without=[one["error"] for one in without],
            left=[one["remaining_degrees"] for one in found],
            theta=[[_rounded(theta) for theta in one["theta"]] for one in found],
        )
    return dict(
        labels=list(range(10)),
        digits=[turned[np.flatnonzero(labels == label)[0], 0].astype(np.float64) for label in range(10)],
        steps=[int(step) for step in runs["linear none"]],
        choices=choices,
        runs=columns,
    )


def _rounded(theta):
    return [round(number, 5) + 0.0 for number in np.ravel(theta).tolist()]


def _turning(found):
    """The first ten of the digits whose thetas were recorded, by their class; first step 0, of which only the identity
    and the angle are known."""
    history, digits = found["history"], found["digits"]
    chosen = np.argsort(digits["labels"][:10], kind="stable")
    life = [one["life"] for one in history]
    run = dict(
        error=[None, *(one["test_error"] for one in history)],
        left=[found["before"], *(one["remaining"]["degrees"] for one in life)],
        leak=[None, *(one["label_leak"] for one in history)],
        silent=[None, *(one["silent"][-1] for one in life)],
        theta=[[[1, 0, 0, 0, 1, 0]] * 10, *([one["thetas"][k] for k in chosen] for one in history)],
    )
    return dict(
        labels=[digits["labels"][k] for k in chosen],
        digits=[np.array(digits["pictures"][k]) / 255 for k in chosen],
        steps=[0, *(one["step"] for one in history)],
        choices={},
        runs={"": run},
    )


def _draw(networks):
    """The first test digit of each class, and the trained networks."""
    names = ("plain", "transformer")
    return dict(
        digits=[digit(label, 0) for label in range(10)],
        canvases=networks["test_canvases"],
        errors={name: networks[name]["test_error"] for name in names},
        **{name: networks[name]["weights"] for name in names},
    )


ALL = {
    "draw": Entry(
        "Draw a digit",
        "Draw on the canvas with mouse or finger, or take a test digit; then move, turn and scale it. The orange "
        "points are where the transformer reads. It learned from upright digits at any place and size. Guess first: "
        "will it follow a digit into a corner, and what will it do with one on its side?",
        "A small six in a corner of a black canvas with a frame of points around it; beside it the output, the six in "
        "the middle and larger, and the whole canvas, the input of the network without a transformer; under each ten "
        "bars, the probabilities of the digits 0 to 9: one high bar at 6, and ten low ones, 9 the highest.",
        _draw,
        needs_results=True,
    ),
    "theta": Entry(
        "Drag theta",
        "Drag a corner to turn and zoom, an edge to stretch and shear, the cross to shift; or type into the six "
        "numbers. Guess first: if the frame goes right, which way does the output go?",
        "The digit four with the frame of the output turned on it by 30 degrees, and the output: the four turned the "
        "other way.",
        _theta,
    ),
    "neighbours": Entry(
        "Four neighbours",
        "Drag the point, or click anywhere. Guess first: which of the four pixels has the largest weight, and "
        "what is read half a pixel outside?",
        "A lattice of pixels with their values; a point between four of them cuts the square between their centres "
        "into four rectangles, the weights; above it the value that is read.",
        _neighbours,
    ),
    "conventions": Entry(
        "Two conventions",
        "Move the place, then change the number of pixels. Guess first: in which row does half a unit stay a quarter "
        "of the picture?",
        "Two rows of four pixels on a scale from minus 1 to 1: with edges they fill it, with centres they stick out by "
        "half a pixel on both sides.",
        dict,
    ),
    "kink": Entry(
        "The kink",
        "Slide the sample over a whole pixel; drag the blue pixels to make a row of your own. Guess first: what are "
        "the two slopes on a pixel of a constant row, and what does equation 7 give?",
        "A chain of straight lines through five pixels with the slope to the left and to the right of one of them, and "
        "the staircase of slopes with crosses, equation 7, above it at whole pixels.",
        lambda: dict(rows=ROWS),
    ),
    "pulls": Entry(
        "The gradient of every pixel",
        "Choose a target, then step. Guess first: which way do the arrows at the top of the digit 4 point if it "
        "has to turn, and where are there none?",
        "A four with arrows along its strokes, minus the gradient of each sampling point; to its right the target, and "
        "the output minus the target.",
        _pulls,
    ),
    "landscape": Entry(
        "Landscape",
        "Drop the start of a descent anywhere. Guess first: from how far away does it still find the minimum?",
        "A map of the loss over angle and shift: one small dark pit in a light highland, and a path of 40 steps that "
        "leads into it.",
        lambda: dict(image=digit(4, 1)),
    ),
    "aliasing": Entry(
        "Shrinking aliases",
        "Make the output smaller, and choose how the input is read. Guess first: at a quarter of the size, how many "
        "of the pixels contribute?",
        "Rings that become finer outwards, shrunk to a quarter in four ways: bilinear alone shows false rings, the "
        "other three show weaker ones or none.",
        lambda: dict(digit=digit(4, 2)),
    ),
    "growing": Entry(
        "Training, step by step",
        "Slide through the steps of a recorded training run (seed 0). Guess first: when is most of the turning "
        "learned, and does the affine transformer turn the digits at all?",
        "Ten turned digits, and below them the outputs of a rotation-only transformer after 400 and 4,000 steps: "
        "many of them are nearly upright.",
        _growing,
        needs_results=True,
    ),
    "turning": Entry(
        "Turning upright",
        "Slide through the steps of a recorded training run (seed 0). Guess first: which digits "
        "are upright early, and do digits of one class end in one pose?",
        "Ten turned digits, the classifier's inputs before training, in the middle of the run and at its end: at "
        "first as they are, at the end most of them nearly upright.",
        _turning,
        needs_results=True,
    ),
    "corners": Entry(
        "Drag the corners",
        "Drag the four corners onto those of the leaning sheet. Guess first: what will the output show, and how "
        "close can an affine map come, whose frame is always a parallelogram?",
        "A sheet of paper that leans away, with the corners and the lattice of the output on it; to its right the "
        "output, in which the sheet is straight, and the nearest affine map's output, in which it is not.",
        _corners,
    ),
    "winding": Entry(
        "One number cannot follow",
        "Turn the object once around by its nose. Guess first: what must a number that follows the heading do on the "
        "way from 359 degrees to 0, and what do sixteen shares do there?",
        "A tile with a delta wing that points to the right and up; sixteen shares around a circle, the largest near "
        "its heading; and a curve of one number against the heading that rises and falls back in a seam.",
        _winding,
    ),
    "bend": Entry(
        "Bend it",
        "Drag a control point; then let the plate spring back. Guess first: which way does the output move where you "
        "pull a point up, what does turning all points cost, and what remains after the plate has sprung back?",
        "A four with sixteen control points on it, pulled down in the middle, and the bent lattice between them; "
        "to its right the output, bent the other way, and a map of how far each pixel follows one of the points.",
        lambda: dict(image=digit(4, 2)),
    ),
}
