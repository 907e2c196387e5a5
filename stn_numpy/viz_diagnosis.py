"""The figure of `diagnose`'s findings for one sampler."""

import numpy as np

COLUMNS = 5  # images shown, at most


def draw_diagnosis(look, measured: dict, gradients: dict | None):
    """Draw a `Look`, the result of `measure_grid`, and the norm of each part's gradient by its name.

    Above, some images with the outline of the grid, on a page of the shade that the padding reads (light grey where the
    padding continues the picture), and what was read. Below, over the whole batch: the samples outside, theta's
    singular values, the drift from the identity, and the gradients' norms.
    """
    import matplotlib.pyplot as plt

    from . import viz

    images, outputs = _picture(look.image), _picture(look.out)
    grids, shown = look.grid.double().cpu().numpy(), range(min(len(images), COLUMNS))
    figure = plt.figure(figsize=(8, 5.4))
    above, below = figure.subfigures(2, 1, height_ratios=(3.1, 2))
    axes = above.subplots(2, len(shown), squeeze=False)
    limits = viz.grey_limits(np.concatenate([images.ravel(), outputs.ravel()]))
    for n in shown:
        viz.show_image(axes[0, n], images[n], frame=viz.INPUT, **limits)
        viz.draw_grid_outline(axes[0, n], grids[n], images.shape[2:], look.align_corners)
        viz.show_image(axes[1, n], outputs[n], frame=viz.OUTPUT, **limits)
    viz.show_surroundings(axes[0], grids[: len(shown)], images.shape[2:], look.align_corners)
    black, white = limits["vmin"], limits["vmax"]
    if look.padding_mode == "zeros" and white > black:
        for ax in axes[0]:
            ax.set_facecolor(str(float(np.clip(-black / (white - black), 0, 1))))
    axes[0, 0].set_ylabel("sampled", color=viz.INPUT, weight="bold")
    axes[1, 0].set_ylabel("read", color=viz.OUTPUT, weight="bold")
    _draw_measures(below.subplots(1, 4), measured, gradients, viz)
    return figure


def _picture(tensor):
    """Three channels as they are, others as their mean: an array of float64."""
    tensor = tensor.double() if tensor.shape[1] == 3 else tensor.double().mean(1, keepdim=True)
    return tensor.cpu().numpy()


def _draw_measures(axes, measured, gradients, viz):
    arrays = {name: measured[name].cpu().numpy() for name in ("outside", "singular_values", "drift")}
    outside, values, drift = (
        array[np.isfinite(array).reshape(len(array), -1).all(axis=1)] for array in arrays.values()
    )
    axes[0].hist(100 * outside, bins=np.linspace(0, 100, 21), color=viz.GRID)
    axes[0].set(xlabel="outside, %", ylabel="images", xlim=(0, 100))
    axes[1].plot(values[:, 1], values[:, 0], ".", color=viz.GRID, markersize=4)
    side = max(1.5, 1.1 * values.max(initial=0))
    axes[1].plot([0, side], [0, side], color=viz.OUTSIDE, linewidth=0.9, zorder=0)
    axes[1].plot(1, 1, "+", color=viz.TEXT, markersize=8)
    axes[1].set(xlabel="smaller singular value", ylabel="larger", xlim=(0, side), ylim=(0, side))
    top = max(1.0, drift.max(initial=0))
    axes[2].hist(drift, bins=np.linspace(0, top, 21), color=viz.GRID)
    axes[2].set(xlabel="drift, pixels", xlim=(0, top))
    if gradients is None:
        axes[3].set(xticks=[], yticks=[], xlabel="gradients: not measured")
        return
    norms = list(gradients.values())
    bars = axes[3].bar(list(gradients), norms, color=viz.GRADIENT, width=0.6)
    axes[3].bar_label(bars, [f"{norm:.2g}" for norm in norms], fontsize=9)
    axes[3].set(xlabel="gradient, norm", ylim=(0, 1.2 * max(*norms, 1e-30)), yticks=[])
