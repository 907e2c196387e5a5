"""Pictures of a transformer at work, all in one style and with one colour for each role."""

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.patches import Rectangle

from .check import check_arrays, check_whole
from .coordinates import to_pixels
from .grid import affine_grid
from .theta import read_theta

# One colour for each role, from the palette of Okabe and Ito, which colour-blind readers can tell apart.
INPUT = "#0072B2"  # blue
GRID = "#D55E00"  # vermilion: stands out on black, white and grey
OUTPUT = "#009E73"  # bluish green
GRADIENT = "#CC79A7"  # reddish purple
PALETTE = (INPUT, GRID, OUTPUT, GRADIENT, "#E69F00", "#56B4E9", "#000000")

TEXT = "#222222"
PAPER = "#FFFFFF"  # opaque: a transparent figure has dark text on a dark page
OUTSIDE = "#DCDCDC"  # what lies beyond the image's edge, neither ink nor background

_COLUMNS = 6  # of a batch beside each other, before the next six go below
_READINGS = ("angle", "scale x, y", "shear", "shift x, y")


def use_style():
    """Set matplotlib's defaults to the style of the book: opaque paper, legible text, role colours."""
    plt.rcParams.update({
        "figure.facecolor": PAPER, "savefig.facecolor": PAPER, "axes.facecolor": PAPER,
        "figure.figsize": (8, 3.2), "figure.dpi": 144, "savefig.dpi": 144,
        "figure.constrained_layout.use": True,
        "font.size": 10, "axes.titlesize": 10, "axes.labelsize": 10, "figure.titlesize": 11,
        "xtick.labelsize": 9, "ytick.labelsize": 9, "legend.fontsize": 9, "legend.frameon": False,
        "text.color": TEXT, "axes.labelcolor": TEXT, "axes.edgecolor": TEXT,
        "xtick.color": TEXT, "ytick.color": TEXT,
        "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.8, "axes.grid": False,
        "lines.linewidth": 1.6, "lines.markersize": 4, "axes.prop_cycle": cycler(color=PALETTE),
        "image.cmap": "gray", "image.interpolation": "nearest", "image.origin": "upper",
    })


def show_image(ax, image, title=None, frame=None, vmin=0.0, vmax=1.0):
    """Draw one image in pixel coordinates: pixel (row i, column j) has its centre at x = j, y = i.

    Parameters
    ----------
    ax : matplotlib Axes
    image : (H, W), (1, H, W) or (3, H, W) array
        Grey, from `vmin` (black) to `vmax` (white), or red, green and blue, from 0 to 1.
    title : str, optional
    frame : colour, optional
        Of a line around the image, `INPUT` or `OUTPUT` say.
    vmin, vmax : float
        The values of black and white.

    Returns
    -------
    matplotlib AxesImage

    Raises
    ------
    ValueError
        If the image has another shape.
    """
    image = np.asarray(image)
    picture = image[0] if image.ndim == 3 and image.shape[0] == 1 else image
    if picture.ndim == 3 and picture.shape[0] == 3:
        picture = np.clip(picture.transpose(1, 2, 0), 0, 1)
    elif picture.ndim != 2 or 0 in picture.shape:
        raise ValueError(f"image: expected shape (H, W), (1, H, W) or (3, H, W), got {image.shape}")
    grey = plt.get_cmap("gray").with_extremes(bad=OUTSIDE)  # a NaN is neither black nor white
    drawn = ax.imshow(picture, cmap=grey, vmin=vmin, vmax=vmax, interpolation="nearest", origin="upper")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    if frame is not None:
        height, width = picture.shape[:2]
        ax.add_patch(Rectangle((-0.5, -0.5), width, height, fill=False, edgecolor=frame, linewidth=1.6,
                               clip_on=False, zorder=3))
    if title is not None:
        ax.set_title(title)
    return drawn


def draw_grid_outline(ax, grid, image_size, align_corners=False, colour=GRID):
    """Draw the outline of where an output looks, on its input, in the input's pixel coordinates.

    The outline runs through the points that the output's border pixels sample, that is through pixel
    centres: with ``align_corners=False`` it lies half an output pixel inside the output's frame. A dot marks
    the output's top left pixel and a thicker line its top row, so that turns and mirror images can be told
    apart.

    Parameters
    ----------
    ax : matplotlib Axes
    grid : (h, w, 2) array of float32 or float64
        The grid of one output, (x, y) in normalised units, as `affine_grid` returns it for each image.
    image_size : (H, W)
        Size of the input in pixels.
    align_corners : bool
        The convention that grid was made for.
    colour : colour

    Returns
    -------
    (P, 2) array
        The closed outline's points, (x, y) in pixels, clockwise on an upright output, from the top left.

    Raises
    ------
    TypeError, ValueError
        If grid has the wrong type or shape.
    """
    points = _pixel_points(grid, image_size, align_corners)
    outline = np.concatenate([points[0], points[1:, -1], points[-1, -2::-1], points[-2::-1, 0]])
    ax.plot(*outline.T, color=colour, linewidth=1.2, solid_joinstyle="miter", zorder=4)
    ax.plot(*points[0].T, color=colour, linewidth=2.4, solid_capstyle="butt", zorder=4)
    ax.plot(*points[0, 0], color=colour, marker="o", markersize=5.5, zorder=5)
    return outline


def draw_grid_points(ax, grid, image_size, align_corners=False, points=7, colour=GRID):
    """Draw where an output looks, on its input: up to `points` x `points` of its pixels, corners included.

    Parameters
    ----------
    ax, grid, image_size, align_corners, colour
        As for `draw_grid_outline`.
    points : int
        How many to a side, at least 2; fewer are drawn where the output has fewer pixels.

    Returns
    -------
    (K, 2) array
        The points drawn, (x, y) in the input's pixels.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or shape.
    """
    check_whole("points", points, 2)
    where = _pixel_points(grid, image_size, align_corners)
    rows, columns = (np.linspace(0, n - 1, min(n, points)).round().astype(int) for n in where.shape[:2])
    chosen = where[np.ix_(rows, columns)].reshape(-1, 2)
    ax.plot(*chosen.T, color=colour, linestyle="", marker="o", markersize=2.2, markeredgewidth=0, zorder=4)
    return chosen


def _pixel_points(grid, image_size, align_corners):
    check_arrays(grid=(grid, "h w 2"))
    height, width = image_size
    grid = grid.astype(np.float64)
    return np.stack([to_pixels(grid[..., 0], width, align_corners),
                     to_pixels(grid[..., 1], height, align_corners)], axis=-1)


def show_transformer(images, theta, outputs, align_corners=False, titles=None, points=7):
    """Show what a transformer does to a batch: where it looks, what it sees there, and its theta in words.

    Parameters
    ----------
    images : (N, C, H, W) array of float32 or float64
        The inputs; C is 1 (grey) or 3.
    theta : (N, 2, 3) array of the same dtype
    outputs : (N, C, h, w) array of the same dtype
        What the transformer made of the images.
    align_corners : bool
        The convention that the outputs were made with.
    titles : sequence of N str, optional
        A heading for each column.
    points : int
        How many sampling points to draw to a side.

    Returns
    -------
    matplotlib Figure
        A column for each image, six at most beside each other. Above: the input, framed blue, with the
        sampling grid; beyond its edge the page is grey. Below: the output, framed green. Then theta as
        `read_theta` reads it: the angle in degrees (positive turns the picture counter-clockwise), the scales
        (of the grid: 2 halves the picture), the shear, and the shift in normalised units.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or shape.
    """
    lengths = check_arrays(images=(images, "N C H W"), theta=(theta, "N 2 3"), outputs=(outputs, "N C h w"))
    batch = lengths["N"]
    if lengths["C"] not in (1, 3):
        raise ValueError(f"images: expected 1 or 3 channels, got {lengths['C']}")
    if titles is not None and len(titles) != batch:
        raise ValueError(f"titles: expected one for each of the {batch} images, got {len(titles)}")
    grids = affine_grid(theta, outputs.shape, align_corners)
    shades = _shades(images)
    figure, columns = _lay_out(batch, headings=titles is not None)
    for n, (above, below) in enumerate(columns):
        show_image(above, images[n], frame=INPUT, title=None if titles is None else str(titles[n]), **shades)
        draw_grid_points(above, grids[n], images.shape[2:], align_corners, points)
        draw_grid_outline(above, grids[n], images.shape[2:], align_corners)
        show_image(below, outputs[n], frame=OUTPUT, **shades)
    _show_surroundings([above for above, _ in columns], grids, images.shape[2:], align_corners)
    _write_readings([below for _, below in columns], theta)
    return figure


def _shades(images):
    """The values of black and white that suit the whole batch, so that inputs and outputs can be compared."""
    finite = images[np.isfinite(images)]
    return dict(vmin=finite.min(initial=0), vmax=finite.max(initial=0))


def _lay_out(batch, headings):
    """A figure with a pair of axes, one above the other, for each image of a batch; sizes in inches."""
    across = min(batch, _COLUMNS)
    bands = -(-batch // across)
    panel, margin, words, gap = min(2.0, 7.0 / across), 0.95, 0.9, 0.06
    width, band = margin + across * panel, 2 * panel + words + 0.3 * headings
    figure = plt.figure(figsize=(width, bands * band), layout="none", facecolor=PAPER)

    def axes(column, bottom):
        return figure.add_axes([(margin + column * panel + gap) / width, bottom / (bands * band),
                                (panel - 2 * gap) / width, (panel - gap) / (bands * band)])

    pairs = []
    for n in range(batch):
        bottom = (bands - 1 - n // across) * band + words
        pairs.append((axes(n % across, bottom + panel), axes(n % across, bottom)))
        if n % across == 0:
            for ax, word, colour in zip(pairs[-1], ("input", "output"), (INPUT, OUTPUT), strict=True):
                _write(ax, word, (0, 0.5), (-10, 0), "right", color=colour, weight="bold", fontsize=10)
    return figure, pairs


def _show_surroundings(axes, grids, image_size, align_corners):
    """Give all inputs one margin, wide enough for the grids, within reason: a theta may run off."""
    height, width = image_size
    points = np.concatenate([_pixel_points(grid, image_size, align_corners).reshape(-1, 2) for grid in grids])
    points = points[np.isfinite(points).all(axis=1)]
    overhang = max(0.0, *(-0.5 - points).ravel(), *(points - (width - 0.5, height - 0.5)).ravel())
    side = max(height, width)
    margin = min(overhang, 0.6 * side) + 0.08 * side
    for ax in axes:
        ax.set(facecolor=OUTSIDE, xlim=(-0.5 - margin, width - 0.5 + margin),
               ylim=(height - 0.5 + margin, -0.5 - margin))


def _write_readings(axes, theta):
    """Write theta's four readings under each output, and their names to the left of each row of outputs."""
    for n, (ax, lines) in enumerate(zip(axes, readings(theta), strict=True)):
        for k, line in enumerate(lines):
            _write(ax, line, (0.5, 0), (0, -10 - 13 * k), "center")
            if n % _COLUMNS == 0:
                _write(ax, _READINGS[k], (0, 0), (-10, -10 - 13 * k), "right")


def _write(ax, text, place, offset, align, fontsize=9, **style):
    """Text beside an image: `place` is a fraction of the axes, `offset` from there is in points."""
    ax.annotate(text, place, offset, "axes fraction", "offset points", ha=align, va="center",
                fontsize=fontsize, **style)


def readings(theta):
    """Theta in words: angle in degrees, scales, shear and shift, as `show_transformer` writes them.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64

    Returns
    -------
    list of N tuples of 4 str
        Such as ``("+30\N{DEGREE SIGN}", "1.00, 1.00", "+0.00", "+0.10, -0.25")``.

    Raises
    ------
    TypeError, ValueError
        If theta has the wrong type or shape.
    """
    read = read_theta(theta)
    keys = ("angle", "scale_x", "scale_y", "shear", "shift_x", "shift_y")
    read["angle"] = np.degrees(read["angle"]).round()
    rows = np.stack([read[key].round(2) + 0.0 for key in keys], axis=1)  # adding 0 turns -0 into 0
    return [tuple(_tidy(text) for text in (f"{angle:+.0f}\N{DEGREE SIGN}", f"{scale_x:.2f}, {scale_y:.2f}",
                                            f"{shear:+.2f}", f"{shift_x:+.2f}, {shift_y:+.2f}"))
            for angle, scale_x, scale_y, shear, shift_x, shift_y in rows]


def _tidy(text):
    return text.replace("-", "\N{MINUS SIGN}").replace("+nan", "nan")


def show_diagnosis(images, grids, outputs, measured, gradients, padding_mode="zeros", align_corners=False, columns=5):
    """Draw what `stn_numpy.pytorch.diagnose` found of one sampler.

    Parameters
    ----------
    images, grids, outputs : (N, C, H, W), (N, h, w, 2), (N, C, h, w) arrays
        What was sampled, where, and what was read; C is 1 or 3.
    measured : dict
        ``outside`` (N), shares; ``singular_values`` (N, 2), the larger first; ``drift`` (N), pixels.
    gradients : dict or None
        A norm by the name of each part.
    padding_mode, align_corners
        What the sampler was told.
    columns : int
        How many images to show at most.

    Returns
    -------
    matplotlib Figure
        Above, some images with the outline of where the output looks, on a page of the shade that the padding reads
        (light grey where the padding goes on with the picture), and what was read. Below, over the whole batch: the
        samples outside, theta's singular values, the drift from the identity, and the gradients' norms.
    """
    shown = range(min(len(images), columns))
    figure = plt.figure(figsize=(8, 5.4))
    above, below = figure.subfigures(2, 1, height_ratios=(3.1, 2))
    axes = above.subplots(2, len(shown), squeeze=False)
    shades = _shades(np.concatenate([images.ravel(), outputs.ravel()]))
    for n in shown:
        show_image(axes[0, n], images[n], frame=INPUT, **shades)
        draw_grid_outline(axes[0, n], grids[n], images.shape[2:], align_corners)
        show_image(axes[1, n], outputs[n], frame=OUTPUT, **shades)
    _show_surroundings(axes[0], grids[:len(shown)], images.shape[2:], align_corners)
    black, white = shades["vmin"], shades["vmax"]
    if padding_mode == "zeros" and white > black:
        for ax in axes[0]:
            ax.set_facecolor(str(float(np.clip(-black / (white - black), 0, 1))))
    axes[0, 0].set_ylabel("sampled", color=INPUT, weight="bold")
    axes[1, 0].set_ylabel("read", color=OUTPUT, weight="bold")
    _draw_measures(below.subplots(1, 4), measured, gradients)
    return figure


def _draw_measures(axes, measured, gradients):
    finite = {name: values[np.isfinite(values).reshape(len(values), -1).all(axis=1)]
              for name, values in measured.items()}
    axes[0].hist(100 * finite["outside"], bins=np.linspace(0, 100, 21), color=GRID)
    axes[0].set(xlabel="outside, %", ylabel="images", xlim=(0, 100))
    values = finite["singular_values"]
    axes[1].plot(values[:, 1], values[:, 0], ".", color=GRID, markersize=4)
    side = max(1.5, 1.1 * values.max(initial=0))
    axes[1].plot([0, side], [0, side], color=OUTSIDE, linewidth=0.9, zorder=0)
    axes[1].plot(1, 1, "+", color=TEXT, markersize=8)
    axes[1].set(xlabel="smaller singular value", ylabel="larger", xlim=(0, side), ylim=(0, side))
    top = max(1.0, finite["drift"].max(initial=0))
    axes[2].hist(finite["drift"], bins=np.linspace(0, top, 21), color=GRID)
    axes[2].set(xlabel="drift, pixels", xlim=(0, top))
    if gradients is None:
        axes[3].set(xticks=[], yticks=[], xlabel="gradients: not looked at")
        return
    norms = list(gradients.values())
    bars = axes[3].bar(list(gradients), norms, color=GRADIENT, width=0.6)
    axes[3].bar_label(bars, [f"{norm:.2g}" for norm in norms], fontsize=9)
    axes[3].set(xlabel="gradient, norm", ylim=(0, 1.2 * max(*norms, 1e-30)), yticks=[])
