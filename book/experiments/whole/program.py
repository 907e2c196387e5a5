"""Chapter 2's experiment: the program ``book/by_hand.py`` unchanged, and the weights that it has learned.

The explorable "draw" runs both of its networks in the page, so the ledger keeps their weights: in float32, as in the
program.
"""

import base64
import contextlib

import numpy as np

from book import by_hand
from book.experiments import ledger
from book.experiments.engine import Experiment

NETWORKS = ("plain", "transformer")  # in the order of the program
LOCALISATION = 4  # arrays; the classifier's follow
TEST_SEED = 1  # of the test canvases, as in the program's report


def measure_program(cell, context) -> dict:
    """Train both networks; errors, poses and weights, by the names in `NETWORKS`."""
    context.check()
    with contextlib.redirect_stdout(None):  # the engine has a progress bar of its own
        trained, losses = by_hand.train(cell["steps"], cell["seed"])
    images, labels = by_hand.digits("test")
    canvas, pose = by_hand.scatter(images, np.random.default_rng(TEST_SEED))
    last = losses[-100:].mean(axis=0)
    results = [measure_network(weights, canvas, pose, labels) for weights in trained]
    results[0]["weights"] = results[0]["weights"][LOCALISATION:]  # its theta is the identity
    named = {name: result | dict(loss=loss) for name, result, loss in zip(NETWORKS, results, last.round(4))}
    return dict(test_canvases=len(canvas), **named)


def measure_network(weights, canvas, pose, labels) -> dict:
    """The results of one network on the test canvases, and its weights, each array as base64."""
    seen, _, theta = by_hand.transform(canvas, weights[:LOCALISATION])
    answer = by_hand.network(seen.reshape(len(seen), -1), weights[LOCALISATION:]).argmax(axis=1)
    place, log_size, degrees = by_hand.pose_left(pose, theta)
    left = dict(pixels=round(float(place), 3), log_size=round(float(log_size), 4), degrees=round(float(degrees), 2))
    return dict(test_error=float(np.mean(answer != labels)), left=left, weights=[packed(one) for one in weights])


def packed(array) -> str:
    """A float32 array as base64, row by row, the lower byte of each number first."""
    return base64.b64encode(array.astype("<f4").tobytes()).decode()


def unpacked(texts) -> tuple:
    """The program's weights: each weight has a row for each number of its bias."""
    flat = [np.frombuffer(base64.b64decode(text), "<f4").astype(np.float32) for text in texts]
    pairs = zip(flat[::2], flat[1::2])
    return tuple(array for weight, bias in pairs for array in (weight.reshape(len(bias), -1), bias))


def trained_networks() -> dict:
    """The ledger's results of the unchanged program, for the explorable "draw"."""
    return ledger.read("by_hand").one(**EXPERIMENT.cells[0]).result


EXPERIMENT = Experiment("by_hand", 2, [dict(steps=3000, seed=0)], measure_program)
