"""The pictures are right: outlines lie where the corners land, words describe theta, in legible style."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgba
from support import assert_refused, normal, thetas

from stn_numpy.grid import affine_grid
from stn_numpy.sampler import affine_sample
from stn_numpy.viz import (
    GRID,
    INPUT,
    OUTPUT,
    PALETTE,
    draw_grid_outline,
    draw_grid_points,
    readings,
    show_image,
    show_transformer,
    use_style,
)

MINUS, DEGREES = "\N{MINUS SIGN}", "\N{DEGREE SIGN}"
QUARTER = [[0, -1, 0], [1, 0, 0]]  # turns the picture counter-clockwise by a quarter


@pytest.fixture(autouse=True)
def clean_slate():
    """Each test starts from matplotlib's defaults and leaves no figure behind."""
    with plt.rc_context():
        yield
    plt.close("all")


@pytest.fixture
def ax():
    return plt.figure().add_subplot()


def rotation(degrees):
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cos, -sin, 0], [sin, cos, 0]])


def one_grid(theta, size, align_corners=False, dtype="float64"):
    return affine_grid(thetas(theta, dtype=dtype), (1, 1, *size), align_corners)[0]


def drawn(axes):
    """The vermilion things that were drawn: outline, top row and dot of `draw_grid_outline`, or the points."""
    return [line.get_xydata() for line in axes.lines if line.get_color() == GRID]


def corners(axes, size):
    """The outline's corners in data coordinates, in the order top left, top right, bottom right, bottom left."""
    outline = next(line for line in drawn(axes) if len(line) == 2 * (sum(size) - 2) + 1)
    height, width = size
    return outline[np.cumsum([0, width - 1, height - 1, width - 1])]


def a_batch(theta, size=(28, 28), align_corners=False, channels=1, dtype="float64"):
    """Images, thetas and outputs for `show_transformer`."""
    theta = np.asarray(theta, dtype)
    images = np.abs(normal(0, (len(theta), channels, 28, 28), dtype)) / 4
    return images, theta, affine_sample(images, theta, (len(theta), channels, *size), align_corners=align_corners)


def words(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


# --- Where the outline lands


@pytest.mark.parametrize(
    "align_corners, theta, size, image_size, expected",
    [
        (False, [[1, 0, 0], [0, 1, 0]], (3, 4), (3, 4), [(0, 0), (3, 0), (3, 2), (0, 2)]),
        (True, [[1, 0, 0], [0, 1, 0]], (3, 4), (3, 4), [(0, 0), (3, 0), (3, 2), (0, 2)]),
        # Half as many pixels: their centres lie half an input pixel inside with edges at -1 and 1, on the corners else.
        (False, [[1, 0, 0], [0, 1, 0]], (3, 4), (6, 8), [(0.5, 0.5), (6.5, 0.5), (6.5, 4.5), (0.5, 4.5)]),
        (True, [[1, 0, 0], [0, 1, 0]], (3, 4), (6, 8), [(0, 0), (7, 0), (7, 5), (0, 5)]),
        # A shift of one of four columns to the right: the outline goes right.
        (False, [[1, 0, 2 / 4], [0, 1, 0]], (3, 4), (3, 4), [(1, 0), (4, 0), (4, 2), (1, 2)]),
        (True, [[1, 0, 2 / 3], [0, 1, 0]], (3, 4), (3, 4), [(1, 0), (4, 0), (4, 2), (1, 2)]),
        # A quarter turn of the picture to the left: the output's top left shows what was top right.
        (False, QUARTER, (5, 5), (5, 5), [(4, 0), (4, 4), (0, 4), (0, 0)]),
        (True, QUARTER, (5, 5), (5, 5), [(4, 0), (4, 4), (0, 4), (0, 0)]),
        # A mirror image.
        (False, [[-1, 0, 0], [0, 1, 0]], (3, 4), (3, 4), [(3, 0), (0, 0), (0, 2), (3, 2)]),
    ],
)
def test_the_four_corners_land_where_paper_and_pencil_put_them(ax, align_corners, theta, size, image_size, expected):
    outline = draw_grid_outline(ax, one_grid(theta, size, align_corners), image_size, align_corners)
    np.testing.assert_allclose(corners(ax, size), expected, atol=1e-12)
    np.testing.assert_array_equal(outline, drawn(ax)[0])
    np.testing.assert_array_equal(outline[0], outline[-1])


def test_the_dot_is_the_top_left_and_the_thick_line_the_top_row(ax):
    draw_grid_outline(ax, one_grid(QUARTER, (5, 5)), (5, 5), align_corners=False)
    outline, top, dot = ax.lines
    np.testing.assert_allclose(dot.get_xydata(), [(4, 0)], atol=1e-12)
    np.testing.assert_allclose(top.get_xydata()[[0, -1]], [(4, 0), (4, 4)], atol=1e-12)
    assert top.get_linewidth() > 1.5 * outline.get_linewidth()


def test_points_are_pixels_of_the_output_and_hold_its_corners(ax):
    grid = one_grid([[1, 0, 0], [0, 1, 0]], (28, 20))
    points = draw_grid_points(ax, grid, (28, 20), align_corners=False, points=7)
    np.testing.assert_array_equal(drawn(ax)[0], points)
    np.testing.assert_allclose(points, points.round(), atol=1e-12)  # the identity: whole pixels
    assert len(np.unique(points.round(), axis=0)) == 49
    assert {(0, 0), (19, 0), (19, 27), (0, 27)} <= {tuple(point) for point in points.round()}


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (2, 3)])
def test_small_outputs_are_drawn_whole(ax, size):
    grid = one_grid([[0.5, 0, 0], [0, 0.5, 0]], size)
    assert len(draw_grid_points(ax, grid, (28, 28), align_corners=False)) == size[0] * size[1]
    draw_grid_outline(ax, grid, (28, 28), align_corners=False)
    plt.gcf().canvas.draw()


# --- Images


def test_a_pixel_is_drawn_around_its_own_coordinates(ax):
    image = np.zeros((3, 4))
    image[0, 3] = 1
    ax.figure.set_facecolor("black")
    show_image(ax, image)
    ax.figure.canvas.draw()
    picture = np.asarray(ax.figure.canvas.buffer_rgba())[::-1]  # rows from the bottom, as matplotlib counts them
    for (x, y), shade in {(3, 0): 255, (2.6, 0.4): 255, (3.4, -0.4): 255, (2.4, 0): 0, (3, 0.6): 0, (0, 2): 0}.items():
        column, row = ax.transData.transform((x, y)).astype(int)
        assert picture[row, column, 0] == shade
    assert not ax.get_xticks().size and not ax.get_yticks().size


def test_the_frame_runs_along_the_image_s_edge(ax):
    show_image(ax, np.zeros((1, 3, 4)), frame=INPUT, title="seven")
    (frame,) = ax.patches
    assert frame.get_bbox().bounds == (-0.5, -0.5, 4, 3)
    assert frame.get_edgecolor() == to_rgba(INPUT)
    assert ax.get_title() == "seven"


def test_colour_images_are_drawn_in_colour(ax):
    image = np.zeros((3, 2, 2))
    image[2] = 1.5
    np.testing.assert_array_equal(show_image(ax, image).get_array()[0, 0], [0, 0, 1])


# --- The batch


@pytest.mark.parametrize("degrees, word", [(30, f"+30{DEGREES}"), (-45, f"{MINUS}45{DEGREES}"), (-0.2, f"+0{DEGREES}")])
def test_the_words_give_the_angle(degrees, word):
    figure = show_transformer(*a_batch([rotation(degrees)]))
    assert word in words(figure)


def test_the_readings_are_angle_scale_shear_and_shift():
    turn = rotation(60)[:, :2]
    theta = np.concatenate([turn @ [[0.5, 0.1 * 2], [0, 2]], [[0.25], [-0.75]]], 1)
    assert readings(theta[None]) == [(f"+60{DEGREES}", "0.50, 2.00", "+0.10", f"+0.25, {MINUS}0.75")]


@pytest.mark.parametrize("align_corners, first", [(False, (0.5, 0.5)), (True, (0, 0))])
def test_the_outline_of_a_batch_honours_align_corners(align_corners, first):
    batch = a_batch(thetas([[1, 0, 0], [0, 1, 0]]), (14, 14), align_corners)
    figure = show_transformer(*batch, align_corners=align_corners)
    np.testing.assert_allclose(corners(figure.axes[0], (14, 14))[0], first, atol=1e-12)


def test_each_column_shows_its_own_image_grid_and_output():
    batch = a_batch([rotation(0), rotation(90), rotation(-90)])
    figure = show_transformer(*batch, titles=["a", "b", "c"])
    inputs, outputs = figure.axes[0::2], figure.axes[1::2]
    for n, top_left in enumerate([(0, 0), (27, 0), (0, 27)]):
        np.testing.assert_array_equal(inputs[n].images[0].get_array(), batch[0][n, 0])
        np.testing.assert_array_equal(outputs[n].images[0].get_array(), batch[2][n, 0])
        np.testing.assert_allclose(corners(inputs[n], (28, 28))[0], top_left, atol=1e-9)
        assert inputs[n].get_position().x0 == outputs[n].get_position().x0
        assert inputs[n].get_position().y0 > outputs[n].get_position().y1
        assert inputs[n].get_title() == "abc"[n]
        assert to_hex(inputs[n].patches[0].get_edgecolor()).upper() == INPUT
        assert to_hex(outputs[n].patches[0].get_edgecolor()).upper() == OUTPUT


def test_the_whole_outline_is_within_the_panel():
    figure = show_transformer(*a_batch([rotation(45), [[1, 0, 0.5], [0, 1, -0.4]]]))
    for axes in figure.axes[0::2]:
        (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        outline = corners(axes, (28, 28))
        assert left < outline[:, 0].min() and outline[:, 0].max() < right
        assert top < outline[:, 1].min() and outline[:, 1].max() < bottom


@pytest.mark.parametrize("count", [1, 2, 5, 6, 7, 13])
def test_nothing_written_overlaps_or_is_cut_off(count):
    use_style()
    theta = np.tile([[-1.1, 0.5, -1.25], [0.5, 1.3, -1.25]], (count, 1, 1))
    figure = show_transformer(*a_batch(theta), titles=[f"digit {n}" for n in range(count)])
    figure.canvas.draw()
    texts = [text for axes in figure.axes for text in [*axes.texts, axes.title] if text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    for n, box in enumerate(boxes):
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, texts[n].get_text()
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, texts[n].get_text()
        assert not any(box.overlaps(other) for other in boxes[n + 1 :]), texts[n].get_text()
        assert not any(box.overlaps(axes.bbox) for axes in figure.axes), texts[n].get_text()
    assert figure.get_figwidth() <= 8.1


@pytest.mark.filterwarnings("error")
def test_a_theta_that_has_run_off_is_shown_for_what_it_is():
    theta = thetas([[1, 0, 0], [0, 1, 0]], 5)
    theta[1] *= 1e12
    theta[2, 0, 0] = np.nan
    theta[3] = 0
    theta[4, 0, 0] = np.inf
    images, theta, outputs = a_batch(theta)
    figure = show_transformer(images, theta, outputs)
    figure.canvas.draw()
    assert f"nan{DEGREES}" in words(figure)
    left, right = figure.axes[0].get_xlim()
    assert right - left < 3 * 28


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [0, np.nan])
def test_blank_images_are_drawn_without_a_complaint(value):
    images, theta, outputs = a_batch(thetas(QUARTER))
    images[:], outputs[:] = value, value
    show_transformer(images, theta, outputs).canvas.draw()


def test_float32_and_three_channels_are_drawn_and_nothing_is_written():
    batch = a_batch(thetas(QUARTER, 2), (14, 20), channels=3, dtype="float32")
    before = [array.copy() for array in batch]
    show_transformer(*batch).canvas.draw()
    for array, copy in zip(batch, before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_bad_arguments_are_refused(ax):
    images, theta, outputs = a_batch(thetas(QUARTER, 2))
    grid = one_grid(QUARTER, (5, 5))
    assert_refused(lambda: show_transformer(images[0], theta, outputs), "images", "(N, C, H, W)", "(1, 28, 28)")
    assert_refused(lambda: show_transformer(images, theta[:1], outputs), "theta", "(N=2, 2, 3)", "(1, 2, 3)")
    assert_refused(lambda: show_transformer(images, theta, outputs[:1]), "outputs", "N=2", "(1, 1, 28, 28)")
    assert_refused(lambda: show_transformer(images, theta, outputs, titles=["one"]), "titles", "2 images", "1")
    assert_refused(lambda: show_transformer(*a_batch(theta, channels=2)), "images", "1 or 3 channels", "2")
    assert_refused(lambda: show_image(ax, images), "image", "(H, W)", "(2, 1, 28, 28)")
    assert_refused(lambda: draw_grid_outline(ax, grid[None], (5, 5)), "grid", "(h, w, 2)", "(1, 5, 5, 2)")
    assert_refused(lambda: draw_grid_points(ax, grid, (5, 5), points=1), "points", "at least 2", "1")


# --- Style


def luminance(colour):
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgba(colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_figures_are_opaque_and_their_text_legible_on_any_page():
    use_style()
    paper = plt.figure().get_facecolor()
    assert paper[3] == 1 and plt.rcParams["savefig.transparent"] is False
    assert contrast(plt.rcParams["text.color"], paper) > 7
    assert plt.rcParams["xtick.labelsize"] >= 8 and plt.rcParams["legend.fontsize"] >= 8
    assert plt.rcParams["axes.prop_cycle"].by_key()["color"] == list(PALETTE)


def test_the_grid_s_colour_stands_out_on_black_and_on_paper():
    assert contrast(GRID, "black") > 3 and contrast(GRID, "white") > 3
