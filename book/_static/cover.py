"""Draw the book's cover, cover.png beside this file: ``python -m book._static.cover``, from the repository's root."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from stn_numpy import affine_grid, grid_sample, viz
from stn_numpy.digits import load_digits
from stn_numpy.distortions import distort

SEED = 1257  # every digit is turned a lot, and no grid leaves the picture far
SHOWN = 7
MARGIN = 6  # pixels shown around an input, since a grid may leave it


def undo(theta):
    """The map that undoes another: with (0, 0, 1) as its third row, theta is a 3 x 3 matrix that can be inverted."""
    last_row = np.broadcast_to(np.array([[0, 0, 1]], theta.dtype), (len(theta), 1, 3))
    return np.linalg.inv(np.concatenate([theta, last_row], axis=1))[:, :2]


def digits_at_any_pose():
    """Test digits 0, 1, 2 and so on, turned, scaled and shifted on a larger canvas; and their true poses."""
    images, labels = load_digits("test")
    rng = np.random.default_rng(SEED)
    chosen = [rng.choice(np.flatnonzero(labels == digit)) for digit in range(SHOWN)]
    return distort(images[chosen], "RTS", rng)


def cover():
    """Distorted digits with the sampling grids that fit their poses, above the outputs of these grids.

    Each grid is computed from the true pose, which `distort` returns: a transformer can do this, and a trained one has
    to find the pose from the picture alone.

    Returns
    -------
    matplotlib Figure
    """
    viz.use_style()
    inputs, pose = digits_at_any_pose()
    grid = affine_grid(undo(pose.theta), (SHOWN, 1, 28, 28), align_corners=False)
    outputs = grid_sample(inputs, grid, align_corners=False)
    space = dict(left=0.03, right=0.998, top=0.99, bottom=0.09, wspace=0.05, hspace=0.03)
    figure, axes = plt.subplots(2, SHOWN, figsize=(8.4, 2.68), layout="none", gridspec_kw=space)
    for above, below, image, points, output in zip(*axes, inputs, grid, outputs):
        viz.show_image(above, image, frame=viz.INPUT)
        viz.draw_grid_points(above, points, image.shape[1:], align_corners=False)
        viz.draw_grid_outline(above, points, image.shape[1:], align_corners=False)
        above.set(xlim=(-MARGIN, 41 + MARGIN), ylim=(41 + MARGIN, -MARGIN), facecolor=viz.OUTSIDE)
        viz.show_image(below, output, frame=viz.OUTPUT)
    for ax, word, colour in zip(axes[:, 0], ("input", "output"), (viz.INPUT, viz.OUTPUT)):
        ax.set_ylabel(word, color=colour, weight="bold", labelpad=3)
    honest = "Each grid follows from the digit's true pose; a trained network must find it in the picture."
    figure.text(0.514, 0.01, honest, ha="center", va="bottom", fontsize=9)
    return figure


if __name__ == "__main__":
    target = Path(__file__).with_name("cover.png")
    cover().savefig(target, metadata={"Software": None})
    print(target)
