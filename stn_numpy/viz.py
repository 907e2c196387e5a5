"""Pictures of a transformer at work, all in one style and with one colour for each role."""

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from .check import check_arrays, check_whole
from .coordinates import to_pixels
from .grid import affine_grid
from .theta import read_theta

# One colour for each role, from the palette of Okabe and Ito, which colour-blind readers can tell apart.
INPUT = "#0072B2"  # blue
GRID = "#D55E00"  # vermilion: visible on black, white and grey
OUTPUT = "#009E73"  # bluish green
GRADIENT = "#CC79A7"  # reddish purple
PALETTE = (INPUT, GRID, OUTPUT, GRADIENT, "#E69F00", "#56B4E9", "#000000")

TEXT = "#222222"
PAPER = "#FFFFFF"  # opaque, since a transparent figure has dark text on a dark page
OUTSIDE = "#DCDCDC"  # beyond the image's edge: not ink, not background

_COLUMNS = 6  # images in a row
_READINGS = ("angle", "scale x, y", "shear", "shift x, y")


def use_style() -> None:
    """Set matplotlib's defaults to the style of the book: opaque paper, legible text, role colours."""
    plt.rcParams.update(
        {
            "figure.facecolor": PAPER,
            "savefig.facecolor": PAPER,
            "axes.facecolor": PAPER,
            "figure.figsize": (8, 3.2),
            "figure.dpi": 144,
            "savefig.dpi": 144,
            "figure.constrained_layout.use": True,
            "font.size": 10,
            "axes.titlesize": 10,
            "axes.labelsize": 10,
            "figure.titlesize": 11,
            "xtick.labelsize": 9,
            "ytick.labelsize": 9,
            "legend.fontsize": 9,
            "legend.frameon": False,
            "text.color": TEXT,
            "axes.labelcolor": TEXT,
            "axes.edgecolor": TEXT,
            "xtick.color": TEXT,
            "ytick.color": TEXT,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.linewidth": 0.8,
            "axes.grid": False,
            "lines.linewidth": 1.6,
            "lines.markersize": 4,
            "axes.prop_cycle": cycler(color=PALETTE),
            "image.cmap": "gray",
            "image.interpolation": "nearest",
            "image.origin": "upper",
        }
    )


def show_image(
    ax: Axes,
    image: np.ndarray,
    title: str | None = None,
    frame: str | None = None,
    vmin: float = 0.0,
    vmax: float = 1.0,
) -> AxesImage:
    """Draw one image in pixel coordinates: pixel (row i, column j) has its centre at x = j, y = i.

    Parameters
    ----------
    image : (H, W), (1, H, W) or (3, H, W) array
        Grey, from `vmin` (black) to `vmax` (white), or red, green and blue, from 0 to 1. NaN is light grey.
    frame : colour, optional
        Colour of a line around the image, such as `INPUT` or `OUTPUT`.
    """
    image = np.asarray(image)
    picture = image[0] if image.ndim == 3 and image.shape[0] == 1 else image
    if picture.ndim == 3 and picture.shape[0] == 3:
        picture = np.clip(picture.transpose(1, 2, 0), 0, 1)
    elif picture.ndim != 2 or 0 in picture.shape:
        raise ValueError(f"image: expected shape (H, W), (1, H, W) or (3, H, W), got {image.shape}")
    grey = plt.get_cmap("gray").with_extremes(bad=OUTSIDE)  # the colour of NaN
    artist = ax.imshow(picture, cmap=grey, vmin=vmin, vmax=vmax, interpolation="nearest", origin="upper")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    if frame is not None:
        height, width = picture.shape[:2]
        ax.add_patch(
            Rectangle((-0.5, -0.5), width, height, fill=False, edgecolor=frame, linewidth=1.6, clip_on=False, zorder=3)
        )
    if title is not None:
        ax.set_title(title)
    return artist


def draw_grid_outline(
    ax: Axes, grid: np.ndarray, image_size: tuple[int, int], align_corners: bool = False, colour: str = GRID
) -> np.ndarray:
    """Draw the closed outline of a grid on its input; return its points (P, 2), (x, y) in the input's pixels.

    The outline runs through the points that the output's border pixels sample, that is through pixel centres: with
    ``align_corners=False`` it lies half an output pixel inside the output's frame. A dot marks the output's top left
    pixel and a thicker line its top row, so that a rotation differs from a reflection.

    Parameters
    ----------
    grid : (h, w, 2) array of float32 or float64
        The grid of one output, (x, y) in normalised units, as `affine_grid` returns it for each image.
    image_size : (H, W)
        Size of the input in pixels.
    align_corners : bool
        The convention of the grid.
    """
    points = _pixel_points(grid, image_size, align_corners)
    outline = np.concatenate([points[0], points[1:, -1], points[-1, -2::-1], points[-2::-1, 0]])
    ax.plot(*outline.T, color=colour, linewidth=1.2, solid_joinstyle="miter", zorder=4)
    ax.plot(*points[0].T, color=colour, linewidth=2.4, solid_capstyle="butt", zorder=4)
    ax.plot(*points[0, 0], color=colour, marker="o", markersize=5.5, zorder=5)
    return outline


def draw_grid_points(
    ax: Axes,
    grid: np.ndarray,
    image_size: tuple[int, int],
    align_corners: bool = False,
    points: int = 7,
    colour: str = GRID,
) -> np.ndarray:
    """Draw a grid's sampling points on its input, corners included; return them, (K, 2), (x, y) in the input's pixels.

    `points` is their number on each side, at least 2; fewer where the output has fewer pixels. All else is as for
    `draw_grid_outline`.
    """
    check_whole("points", points, 2)
    positions = _pixel_points(grid, image_size, align_corners)
    rows, columns = (np.linspace(0, n - 1, min(n, points)).round().astype(int) for n in positions.shape[:2])
    subset = positions[np.ix_(rows, columns)].reshape(-1, 2)
    ax.plot(*subset.T, color=colour, linestyle="", marker="o", markersize=2.2, markeredgewidth=0, zorder=4)
    return subset


def _pixel_points(grid, image_size, align_corners):
    check_arrays(grid=(grid, "h w 2"))
    height, width = image_size
    grid = grid.astype(np.float64)
    return np.stack(
        [to_pixels(grid[..., 0], width, align_corners), to_pixels(grid[..., 1], height, align_corners)], axis=-1
    )


def show_transformer(
    images: np.ndarray,
    theta: np.ndarray,
    outputs: np.ndarray,
    align_corners: bool = False,
    titles: list[str] | None = None,
    points: int = 7,
) -> Figure:
    """Show a transformer's inputs with the sampling grids, its outputs, and theta in words.

    Parameters
    ----------
    images : (N, C, H, W) array of float32 or float64
        The inputs; C is 1 (grey) or 3.
    theta : (N, 2, 3) array of the same dtype
    outputs : (N, C, h, w) array of the same dtype
    align_corners : bool
        The convention of the outputs.
    titles : sequence of N str, optional
        A heading for each column.
    points : int
        Sampling points to draw on each side.

    Returns
    -------
    matplotlib Figure
        A column for each image, at most six in a row. Above: the input, framed blue, with the
        sampling grid; beyond its edge the page is grey. Below: the output, framed green. Then theta as
        `read_theta` reads it: the angle in degrees (positive turns the picture counter-clockwise), the scales
        (of the grid: 2 halves the picture), the shear, and the shift in normalised units.
    """
    lengths = check_arrays(images=(images, "N C H W"), theta=(theta, "N 2 3"), outputs=(outputs, "N C h w"))
    batch = lengths["N"]
    if lengths["C"] not in (1, 3):
        raise ValueError(f"images: expected 1 or 3 channels, got {lengths['C']}")
    if titles is not None and len(titles) != batch:
        raise ValueError(f"titles: expected one for each of the {batch} images, got {len(titles)}")
    grids = affine_grid(theta, outputs.shape, align_corners)
    limits = grey_limits(images)
    figure, columns = _lay_out(batch, headings=titles is not None)
    for n, (above, below) in enumerate(columns):
        show_image(above, images[n], frame=INPUT, title=None if titles is None else str(titles[n]), **limits)
        draw_grid_points(above, grids[n], images.shape[2:], align_corners, points)
        draw_grid_outline(above, grids[n], images.shape[2:], align_corners)
        show_image(below, outputs[n], frame=OUTPUT, **limits)
    show_surroundings([above for above, _ in columns], grids, images.shape[2:], align_corners)
    _write_readings([below for _, below in columns], theta)
    return figure


def grey_limits(images: np.ndarray) -> dict[str, float]:
    """`vmin` and `vmax` for the whole batch, so that inputs and outputs can be compared."""
    finite = images[np.isfinite(images)]
    return dict(vmin=finite.min(initial=0), vmax=finite.max(initial=0))


def _lay_out(batch, headings):
    """A figure with a pair of axes, input above output, for each image of a batch; sizes in inches."""
    across = min(batch, _COLUMNS)
    bands = -(-batch // across)
    panel, margin, words, gap = min(2.0, 7.0 / across), 0.95, 0.9, 0.06
    width, band = margin + across * panel, 2 * panel + words + 0.3 * headings
    figure = plt.figure(figsize=(width, bands * band), layout="none", facecolor=PAPER)

    def axes(column, bottom):
        return figure.add_axes(
            [
                (margin + column * panel + gap) / width,
                bottom / (bands * band),
                (panel - 2 * gap) / width,
                (panel - gap) / (bands * band),
            ]
        )

    pairs = []
    for n in range(batch):
        bottom = (bands - 1 - n // across) * band + words
        pairs.append((axes(n % across, bottom + panel), axes(n % across, bottom)))
        if n % across == 0:
            for ax, word, colour in zip(pairs[-1], ("input", "output"), (INPUT, OUTPUT), strict=True):
                _write(ax, word, (0, 0.5), (-10, 0), "right", color=colour, weight="bold", fontsize=10)
    return figure, pairs


def show_surroundings(axes: list[Axes], grids: np.ndarray, image_size: tuple[int, int], align_corners: bool) -> None:
    """Give all inputs one margin, wide enough for the grids, but at most 0.68 of the image's longer side."""
    height, width = image_size
    points = np.concatenate([_pixel_points(grid, image_size, align_corners).reshape(-1, 2) for grid in grids])
    points = points[np.isfinite(points).all(axis=1)]
    overhang = max(0.0, *(-0.5 - points).ravel(), *(points - (width - 0.5, height - 0.5)).ravel())
    side = max(height, width)
    margin = min(overhang, 0.6 * side) + 0.08 * side
    for ax in axes:
        ax.set(
            facecolor=OUTSIDE, xlim=(-0.5 - margin, width - 0.5 + margin), ylim=(height - 0.5 + margin, -0.5 - margin)
        )


def _write_readings(axes, theta):
    """Write theta's four readings under each output, and their names to the left of each row of outputs."""
    for n, (ax, lines) in enumerate(zip(axes, readings(theta), strict=True)):
        for k, line in enumerate(lines):
            _write(ax, line, (0.5, 0), (0, -10 - 13 * k), "center")
            if n % _COLUMNS == 0:
                _write(ax, _READINGS[k], (0, 0), (-10, -10 - 13 * k), "right")


def _write(ax, text, place, offset, align, fontsize=9, **style):
    """Text beside an image: `place` is a fraction of the axes, `offset` from there is in points."""
    ax.annotate(
        text, place, offset, "axes fraction", "offset points", ha=align, va="center", fontsize=fontsize, **style
    )


def readings(theta: np.ndarray) -> list[tuple[str, str, str, str]]:
    """Theta (N, 2, 3) in words, as `show_transformer` writes them: angle in degrees, scales, shear and shift.

    Such as ``("+30\N{DEGREE SIGN}", "1.00, 1.00", "+0.00", "+0.10, -0.25")``, for each of N.
    """
    read = read_theta(theta)
    keys = ("angle", "scale_x", "scale_y", "shear", "shift_x", "shift_y")
    read["angle"] = np.degrees(read["angle"]).round()
    rows = np.stack([read[key].round(2) + 0.0 for key in keys], axis=1)  # adding 0 turns -0 into 0
    return [
        tuple(
            _tidy(text)
            for text in (
                f"{angle:+.0f}\N{DEGREE SIGN}",
                f"{scale_x:.2f}, {scale_y:.2f}",
                f"{shear:+.2f}",
                f"{shift_x:+.2f}, {shift_y:+.2f}",
            )
        )
        for angle, scale_x, scale_y, shear, shift_x, shift_y in rows
    ]


def _tidy(text):
    return text.replace("-", "\N{MINUS SIGN}").replace("+nan", "nan")
