"""Right answers to the exercises that ask for what the library has no function for, chapter by chapter."""

import numpy as np

from stn_numpy import affine_grid, pixel_centres


def compose_theta(first, second):
    """Join two thetas into one, whose single warp has the effect of both in a row.

    Parameters
    ----------
    first : (N, 2, 3) array of float32 or float64
        The theta of the transformer that reads the image, in normalised units.
    second : (N, 2, 3) array of first's dtype
        The theta of the transformer that reads the first one's output, in normalised units.

    Returns
    -------
    (N, 2, 3) array of first's dtype
        The theta that leads from the second one's output straight to the image.

    Notes
    -----
    Convention: each theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``. The sizes of the three
    pictures do not matter.
    """
    below = np.zeros_like(second[:, :1])
    below[..., 2] = 1
    return first @ np.concatenate([second, below], axis=1)


def look_at(centre, share):
    """Make the theta that shows a window of the picture, from the window's centre and its share of the picture.

    Parameters
    ----------
    centre : (N, 2) array of float32 or float64
        The middle of each window in the input, x before y, in normalised units.
    share : (N, 2) array of centre's dtype
        The share of the picture that each window shows, width before height; 1 is the whole width or height.

    Returns
    -------
    (N, 2, 3) array of centre's dtype
        One theta for each window, in normalised units.

    Notes
    -----
    Convention: theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``; -1 and 1 are the outer edges
    of the picture (``align_corners=False``). A window is not turned.
    """
    theta = np.zeros((len(centre), 2, 3), centre.dtype)
    theta[:, 0, 0] = share[:, 0]
    theta[:, 1, 1] = share[:, 1]
    theta[:, :, 2] = centre
    return theta


def bug_black_picture(theta, in_size, out_size, align_corners=False):
    """Compute for each output pixel the point of the input that it shows, in the units of `grid_sample`.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        One affine map for each image of the batch, in normalised units.
    in_size : (H, W) ints
        Rows and columns of the input.
    out_size : (h, w) ints
        Rows and columns of the output.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False); the
        sampler is called with the same value.

    Returns
    -------
    (N, h, w, 2) array of theta's dtype
        Points of the input in normalised units, x before y.

    Notes
    -----
    Convention: ``grid[n, i, j] = theta[n] @ (x_j, y_i, 1)``, where (x_j, y_i) is the centre of output pixel [i, j].
    """
    height, width = out_size
    x = pixel_centres(width, align_corners, theta.dtype)
    y = pixel_centres(height, align_corners, theta.dtype)
    points = np.stack([*np.meshgrid(x, y), np.ones((height, width), theta.dtype)], axis=-1)
    looks = points.reshape(-1, 3) @ theta.swapaxes(1, 2)
    return looks.reshape(len(theta), height, width, 2)


def to_normalised(pixels, length, align_corners=False):
    """Convert positions in pixels, along one axis, to normalised coordinates.

    Parameters
    ----------
    pixels : (...) array of float32 or float64
        Positions in pixels: 0 is the centre of the first pixel. They may lie between two pixels or outside the picture.
    length : int
        The number of pixels along the axis: the width for x, the height for y.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (...) array of pixels' dtype
        The same places in normalised units. The centre of a single pixel is at 0 in both conventions.

    Notes
    -----
    Convention: torch's `align_corners`. The inverse is `to_pixels`.
    """
    if not align_corners:
        return (2 * pixels + 1) / length - 1
    if length == 1:
        return np.zeros_like(pixels)
    return 2 * pixels / (length - 1) - 1


def to_pixels(coordinates, length, align_corners=False):
    """Convert normalised coordinates, along one axis, to positions in pixels.

    Parameters
    ----------
    coordinates : (...) array of float32 or float64
        Places in normalised units; those beyond -1 and 1 lie outside the picture.
    length : int
        The number of pixels along the axis: the width for x, the height for y.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (...) array of coordinates' dtype
        Positions in pixels: 0 is the centre of the first pixel; positions between two pixels are not rounded.

    Notes
    -----
    Convention: torch's `align_corners`. The inverse is `to_normalised`.
    """
    if align_corners:
        return (coordinates + 1) / 2 * (length - 1)
    return ((coordinates + 1) * length - 1) / 2


def rotation_about(angle, centre):
    """Make the theta that turns a square picture about a point of your choice.

    Parameters
    ----------
    angle : (N,) array of float32 or float64
        Radians. A positive angle turns the picture counter-clockwise as it is seen.
    centre : (N, 2) array of angle's dtype
        The point that does not move, x before y, in normalised units.

    Returns
    -------
    (N, 2, 3) array of angle's dtype
        One theta for each angle and centre, in normalised units.

    Notes
    -----
    Convention: theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``; a turn about the middle is
    ``[[cos, -sin, 0], [sin, cos, 0]]``.
    """
    cos, sin = np.cos(angle), np.sin(angle)
    theta = np.empty((len(angle), 2, 3), angle.dtype)
    theta[:, 0, :2] = np.stack([cos, -sin], axis=1)
    theta[:, 1, :2] = np.stack([sin, cos], axis=1)
    theta[:, :, 2] = centre - (theta[:, :, :2] @ centre[:, :, None])[..., 0]
    return theta


def wide_rotation(angle, size):
    """Make the theta that turns a picture of any shape about its middle, without slanting it.

    Parameters
    ----------
    angle : (N,) array of float32 or float64
        Radians. A positive angle turns the picture counter-clockwise as it is seen.
    size : (h, w) ints
        Rows and columns of the picture; the output has the same.

    Returns
    -------
    (N, 2, 3) array of angle's dtype
        One theta for each angle, in normalised units.

    Notes
    -----
    Convention: theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``; -1 and 1 are the outer edges
    of the picture (``align_corners=False``), whatever its shape.
    """
    height, width = size
    cos, sin = np.cos(angle), np.sin(angle)
    theta = np.zeros((len(angle), 2, 3), angle.dtype)
    theta[:, 0, 0] = theta[:, 1, 1] = cos
    theta[:, 0, 1] = -sin * height / width
    theta[:, 1, 0] = sin * width / height
    return theta


def bug_opencv_matrix(matrix, in_size, out_size):
    """Convert a matrix for OpenCV's warpAffine into the theta that moves a picture in the same way.

    Parameters
    ----------
    matrix : (N, 2, 3) array of float32 or float64
        The place to which each pixel of the input moves: column q and row r move to ``matrix[n] @ (q, r, 1)``, a column
        and a row of the output. In pixels; (0, 0) is the centre of the first one.
    in_size : (H, W) ints
        Rows and columns of the input.
    out_size : (h, w) ints
        Rows and columns of the output.

    Returns
    -------
    (N, 2, 3) array of matrix's dtype
        Theta for ``affine_grid(theta, (N, C, h, w), align_corners=False)``, in normalised units.

    Notes
    -----
    Convention: theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``; -1 and 1 are the outer edges
    of the picture.
    """

    def to_units(size):
        height, width = size
        return np.array([[2 / width, 0, 1 / width - 1], [0, 2 / height, 1 / height - 1], [0, 0, 1]])

    full = np.zeros((len(matrix), 3, 3))
    full[:, :2] = matrix
    full[:, 2, 2] = 1
    goes = to_units(out_size) @ full @ np.linalg.inv(to_units(in_size))
    theta = np.linalg.inv(goes)[:, :2]
    return theta.astype(matrix.dtype)


def bilinear_weights(x, y):
    """Compute the weight of each of the four pixels around a point.

    Parameters
    ----------
    x, y : two arrays of any one shape S, float32 or float64
        Positions in pixels: columns to the right and rows down, whole numbers at the pixels' centres.

    Returns
    -------
    (4, *S) array of x's dtype
        The weights of the upper left, upper right, lower left and lower right neighbour, in this order.

    Notes
    -----
    Convention: the upper left neighbour is the pixel in column floor(x) and row floor(y), whether it exists or not; the
    lower right one is a column and a row further. Source: Jaderberg et al. 2015, eq. 5.
    """
    to_right, down = x - np.floor(x), y - np.floor(y)
    return np.stack([(1 - to_right) * (1 - down), to_right * (1 - down), (1 - to_right) * down, to_right * down])


def pad_position(position, length, padding_mode, align_corners=False):
    """Compute the position of an axis that is read in place of one that may lie outside.

    Parameters
    ----------
    position : array of any shape, float32 or float64
        Finite positions in pixels: 0 is the centre of the first pixel, length - 1 that of the last.
    length : int
        Pixels along the axis.
    padding_mode : {"zeros", "border", "reflection"}
        What is outside: zeros, the outermost pixel, or the mirrored axis.
    align_corners : bool
        Whether the mirrors are at the outermost centres, 0 and length - 1 (True), or at the outer edges, half a pixel
        further out (False). It does not matter in the other modes.

    Returns
    -------
    array of position's shape and dtype
        Positions from 0 to length - 1; for "zeros" the positions as they are.

    Notes
    -----
    Convention: "border" takes the nearest position from 0 to length - 1. "reflection" mirrors until the position lies
    between the mirrors, and then does the same as "border". The meaning of `align_corners` is torch's.
    """
    if padding_mode == "zeros":
        return position.copy()
    if padding_mode == "reflection":
        first, span = (0, length - 1) if align_corners else (-0.5, length)
        period = max(2 * span, 1)  # there and back again; one pixel alone has no way to go
        beyond = np.abs(position - first) % period
        position = first + np.minimum(beyond, period - beyond)
    return np.clip(position, 0, length - 1)


def bug_lost_border(image, grid):
    """Read an image at the points of a grid, with the outermost pixels repeated outside.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
        The images that are read.
    grid : (N, h, w, 2) array of the image's dtype
        The points at which they are read, (x, y) in normalised units; -1 and 1 are the centres of the outermost pixels.

    Returns
    -------
    (N, C, h, w) array of the image's dtype
        Bilinear mixtures of four pixels; a pixel that does not exist is replaced by the nearest one that does.

    Notes
    -----
    Convention: ``grid_sample(image, grid, "bilinear", "border", align_corners=True)`` of the library.
    """
    batch, channels, height, width = image.shape
    x = (grid[:, None, ..., 0] + 1) / 2 * (width - 1)  # (N, 1, h, w)
    y = (grid[:, None, ..., 1] + 1) / 2 * (height - 1)
    left, above = np.floor(x), np.floor(y)
    right, below = left + 1, above + 1
    picture = np.arange(batch)[:, None, None, None]
    channel = np.arange(channels)[:, None, None]
    out = np.zeros((batch, channels, *grid.shape[1:3]), image.dtype)
    for row, weight_y in ((above, below - y), (below, y - above)):
        for column, weight_x in ((left, right - x), (right, x - left)):
            near_row = np.clip(row, 0, height - 1).astype(int)
            near_column = np.clip(column, 0, width - 1).astype(int)
            out += weight_y * weight_x * image[picture, channel, near_row, near_column]
    return out


def bug_moved_identity(image, grid):
    """Read an image at the points of a grid, with zeros outside.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
        The images that are read.
    grid : (N, h, w, 2) array of the image's dtype
        The points at which they are read, (x, y) in normalised units; -1 and 1 are the centres of the outermost pixels.

    Returns
    -------
    (N, C, h, w) array of the image's dtype
        Bilinear mixtures of four pixels; a pixel that does not exist counts as 0.

    Notes
    -----
    Convention: ``grid_sample(image, grid, "bilinear", "zeros", align_corners=True)`` of the library.
    """
    batch, channels, height, width = image.shape
    last_column, last_row = width - 1, height - 1
    x = (grid[:, None, ..., 0] + 1) / 2 * last_column  # (N, 1, h, w)
    y = (grid[:, None, ..., 1] + 1) / 2 * last_row
    picture = np.arange(batch)[:, None, None, None]
    channel = np.arange(channels)[:, None, None]
    out = np.zeros((batch, channels, *grid.shape[1:3]), image.dtype)
    for row in (np.floor(y), np.floor(y) + 1):
        for column in (np.floor(x), np.floor(x) + 1):
            weight = (1 - np.abs(x - column)) * (1 - np.abs(y - row))
            exists = (0 <= column) & (column <= last_column) & (0 <= row) & (row <= last_row)
            near_column = np.clip(column, 0, last_column).astype(int)
            near_row = np.clip(row, 0, last_row).astype(int)
            out += np.where(exists, weight, 0) * image[picture, channel, near_row, near_column]
    return out


def identity_start(features, dtype=np.float32):
    """Start the last layer of an affine localisation network so that every picture passes unchanged at first.

    Parameters
    ----------
    features : int
        The number of the layer's inputs.
    dtype : float32 or float64
        Of both results.

    Returns
    -------
    weight : (6, features) array
    bias : (6,) array

    Notes
    -----
    Convention: ``phi = weight @ f + bias`` for the features f of one picture, and the six numbers of phi are laid out
    in the two rows of theta, ``theta = phi.reshape(2, 3)``. Theta is in normalised units.
    Source: Jaderberg et al. 2015, section 3.1; the start is common practice.
    """
    weight = np.zeros((6, features), dtype)
    bias = np.array([1, 0, 0, 0, 1, 0], dtype)
    return weight, bias


def sampler_d_image(d_out, image, grid, align_corners=False):
    """Distribute the gradient of a bilinear sampler's output to the pixels from which the output was mixed.

    Parameters
    ----------
    d_out : (N, C, h, w) array of float32 or float64
        Gradient of the loss with respect to the output.
    image : (N, C, H, W) array of d_out's dtype
        The images that the forward read.
    grid : (N, h, w, 2) array of d_out's dtype
        The points at which they were read: finite points (x, y) in normalised units.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (N, C, H, W) array of d_out's dtype
        The sum of what each pixel receives from all points that read it; shares of places outside the image are
        dropped.

    Notes
    -----
    Convention: the forward is ``grid_sample(image, grid, "bilinear", "zeros", align_corners)`` of the library.
    Source: Jaderberg et al. 2015, eq. 6.
    """
    height, width = image.shape[2:]
    d_image = np.zeros_like(image)
    p_x, p_y = _in_pixels(grid, height, width, align_corners)  # (N, h, w) each
    left, top = np.floor(p_x).astype(int), np.floor(p_y).astype(int)
    for row in (top, top + 1):
        for column in (left, left + 1):
            weight = (1 - abs(p_x - column)) * (1 - abs(p_y - row))
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            n, i, j = np.nonzero(inside)  # the K points that may give
            share = weight[n, i, j][:, None] * d_out[n, :, i, j]  # (K, C)
            np.add.at(d_image, (n, slice(None), row[n, i, j], column[n, i, j]), share)
    return d_image


def sampler_d_grid(d_out, image, grid, align_corners=False):
    """Compute how the loss changes as each point of a bilinear sampler's grid moves.

    Parameters
    ----------
    d_out : (N, C, h, w) array of float32 or float64
        Gradient of the loss with respect to the output.
    image : (N, C, H, W) array of d_out's dtype
        The images that the forward read.
    grid : (N, h, w, 2) array of d_out's dtype
        The points at which they were read: finite points (x, y) in normalised units.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (N, h, w, 2) array of d_out's dtype
        Loss per normalised unit, x before y.

    Notes
    -----
    Convention: the forward is ``grid_sample(image, grid, "bilinear", "zeros", align_corners)`` of the library. Exactly
    on a whole pixel the slope to the right and downwards is taken. Source: Jaderberg et al. 2015, eq. 7.
    """
    height, width = image.shape[2:]
    p_x, p_y = _in_pixels(grid, height, width, align_corners)  # (N, h, w) each
    left, top = np.floor(p_x).astype(int), np.floor(p_y).astype(int)
    f_x, f_y = (p_x - left)[:, None], (p_y - top)[:, None]  # (N, 1, h, w)
    upper_left, upper_right = _value(image, top, left), _value(image, top, left + 1)
    lower_left, lower_right = _value(image, top + 1, left), _value(image, top + 1, left + 1)
    slope_x = (1 - f_y) * (upper_right - upper_left) + f_y * (lower_right - lower_left)
    slope_y = (1 - f_x) * (lower_left - upper_left) + f_x * (lower_right - upper_right)
    per_pixel = np.stack([(d_out * slope_x).sum(axis=1), (d_out * slope_y).sum(axis=1)], axis=-1)
    pixels_per_unit = (np.array([width, height]) - align_corners) / 2
    return (per_pixel * pixels_per_unit).astype(d_out.dtype)


def bug_border_slope(row, position):
    """Compute how the value that is read changes with the position, in a picture of one row under border padding.

    Parameters
    ----------
    row : (W,) array of float32 or float64
        The pixels' brightness.
    position : (K,) array of row's dtype
        The positions at which the row is read, in pixels: 0 is the centre of the first, W - 1 that of the last.

    Returns
    -------
    (K,) array of row's dtype
        Brightness per pixel.

    Notes
    -----
    Convention: between two pixels the value is mixed from both; beyond the first and the last it stays as it is there.
    Exactly on a pixel there are two slopes, and the one to the right is returned; on the first and on the last pixel it
    is the outer one, which is 0, as torch has it.
    """
    last = len(row) - 1
    moves = (position > 0) & (position < last)  # elsewhere the clamp holds the position still
    left = np.floor(np.clip(position, 0, last)).astype(int)
    slope = np.zeros_like(position)
    for neighbour, slope_of_weight in ((left, -1), (left + 1, 1)):
        exists = neighbour <= last
        slope += np.where(exists, slope_of_weight * row[np.minimum(neighbour, last)], 0)
    return np.where(moves, slope, 0)


def _in_pixels(grid, height, width, align_corners):
    """A grid's points in the image's pixels: x and y, (N, h, w) each."""
    x, y = grid[..., 0], grid[..., 1]
    if align_corners:
        return (x + 1) * (width - 1) / 2, (y + 1) * (height - 1) / 2
    return ((x + 1) * width - 1) / 2, ((y + 1) * height - 1) / 2


def _value(image, row, column):
    """The pixels of each image in these rows and columns, (N, h, w) each, and 0 where there is none: (N, C, h, w)."""
    height, width = image.shape[2:]
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    n = np.arange(len(image))[:, None, None]
    nearest = image[n, :, row.clip(0, height - 1), column.clip(0, width - 1)]  # (N, h, w, C)
    return np.where(inside[:, None], nearest.transpose(0, 3, 1, 2), 0)


def transformer_backward(d_out, image, weight, bias, sample_backward):
    """Take a gradient back through a transformer whose localisation network is one linear layer.

    Parameters
    ----------
    d_out : (N, C, h, w) array of float32 or float64
        Gradient of the loss with respect to the layer's output.
    image : (N, C, H, W) array of d_out's dtype
        The input of the forward.
    weight : (6, C * H * W) array of d_out's dtype
        Of the localisation network: a row for each entry of theta, first the three of x, then the three of y.
    bias : (6,) array of d_out's dtype
        Of the localisation network.
    sample_backward : callable
        ``sample_backward(d_out, image, theta) -> (d_image, d_theta)``, the backward of the grid and the sampler. It
        takes theta as given, without a localisation network.

    Returns
    -------
    d_image : (N, C, H, W) array
        How the loss changes with each pixel.
    d_weight : (6, C * H * W) array
    d_bias : (6,) array

    Notes
    -----
    Forward: ``theta = (flat @ weight.T + bias).reshape(N, 2, 3)``, where flat is the image as (N, C * H * W); then
    ``out = affine_sample(image, theta, size)``. Theta was not kept, and has to be computed again.
    Source: Jaderberg et al. 2015, sections 3.1 to 3.3; no numbered equation of the paper joins the parts.
    """
    flat = image.reshape(len(image), -1)
    theta = (flat @ weight.T + bias).reshape(-1, 2, 3)
    d_read, d_theta = sample_backward(d_out, image, theta)
    d_parameters = d_theta.reshape(-1, 6)
    d_looked = (d_parameters @ weight).reshape(image.shape)
    return d_read + d_looked, d_parameters.T @ flat, d_parameters.sum(axis=0)


def bug_still_theta(image, localise, sample, classify):
    """Run a transformer and a classifier after it: the forward of a training step.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    localise : callable
        ``localise(image) -> theta``, (N, C, H, W) to (N, 2, 3).
    sample : callable
        ``sample(image, theta) -> warped``, to (N, C, h, w); it determines the output's size.
    classify : callable
        ``classify(image) -> scores``, (N, C, height, width) of any height and width to (N, K).

    Returns
    -------
    theta : (N, 2, 3) array
        The predictions of the localisation network.
    warped : (N, C, h, w) array
        The outputs of the transformer.
    scores : (N, K) array
        The classifier's scores, from which the loss is computed.

    Notes
    -----
    Convention: theta maps output positions to input positions. Source: Jaderberg et al. 2015, section 3.
    """
    theta = localise(image)
    warped = sample(image, theta)
    scores = classify(warped)
    return theta, warped, scores


def theta_check(forward, theta, d_out, step=1e-6):
    """Measure how the loss changes with each entry of theta, by central differences.

    Parameters
    ----------
    forward : callable
        ``forward(theta) -> out``, shaped like d_out. Each image of the batch depends on its own theta only.
    theta : (N, 2, 3) array of float64
        The thetas at which the gradient is measured.
    d_out : (N, ...) array of float64
        Gradient of the loss with respect to forward's output.
    step : float
        How far each entry is moved to either side, in theta's own units.

    Returns
    -------
    (N, 2, 3) array of float64
        The slope of ``(d_out * forward(theta)).sum()`` along each entry of theta.

    Notes
    -----
    Convention: an entry's slope is ``(L(entry + step) - L(entry - step)) / (2 * step)``, exact up to rounding where the
    loss L is quadratic in the entry. Source: the definition of the derivative, taken to both sides.
    """
    d_theta = np.empty_like(theta)
    for entry in np.ndindex(theta.shape):
        sides = []
        for move in (step, -step):
            moved = theta.copy()
            moved[entry] += move
            sides.append((d_out * forward(moved)).sum())
        d_theta[entry] = (sides[0] - sides[1]) / (2 * step)
    return d_theta


def sgd_step(groups, lr):
    """Move every parameter one step against its gradient, each group at its own learning rate.

    Parameters
    ----------
    groups : list of dict
        Each holds "params" and "grads", two lists of arrays of equal shapes, and perhaps "lr", a float.
    lr : float
        Learning rate of every group that names none.

    Returns
    -------
    tuple of arrays
        The parameters after the step, group by group, each of its old shape and dtype; new arrays.

    Notes
    -----
    Convention: ``new = old - rate * gradient``, with no momentum and no decay.
    """
    moved = []
    for group in groups:
        rate = group.get("lr", lr)
        for param, grad in zip(group["params"], group["grads"]):
            moved.append(param - rate * grad)
    return tuple(moved)


def bug_grey_frame(image, grid, mean, deviation, sample):
    """Read images at the points of a grid and normalise them for the classifier; outside an image, all is black.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
        Brightness, not normalised; 0 is black.
    grid : (N, h, w, 2) array of the image's dtype
        Points (x, y) in normalised units.
    mean, deviation : (C,) arrays of the image's dtype
        Of each channel, over all pixels of the training images.
    sample : function
        ``sample(image, grid)`` reads images at the points of a grid, zeros outside: (N, C, h, w).

    Returns
    -------
    (N, C, h, w) array of the image's dtype
        Brightness in deviations from the mean, also of what was read outside the image.

    Notes
    -----
    Convention: a brightness v becomes ``(v - mean) / deviation``, so black is ``-mean / deviation``.
    """
    seen = sample(image, grid)  # first: here zero is still black
    return (seen - mean[:, None, None]) / deviation[:, None, None]


def hat_read(row, position):
    """Read a row of pixels at arbitrary positions, with zeros outside.

    Parameters
    ----------
    row : (W,) array of float32 or float64
        The pixels' brightness; there are at least two.
    position : (K,) array of row's dtype
        Where the row is read, in pixels: 0 is the centre of the first, W - 1 that of the last. Finite, but of any size.

    Returns
    -------
    (K,) array of row's dtype
        The values that are read.

    Notes
    -----
    Convention: each pixel weighs ``max(0, 1 - |distance|)``, and a pixel that does not exist is a zero.
    Source: Jaderberg et al. 2015, eq. 5.
    """
    cell = np.clip(np.floor(position), 0, len(row) - 2).astype(int)
    distance = position - cell.astype(row.dtype)
    first, second = (np.maximum(0, 1 - np.abs(d)) for d in (distance, distance - 1))
    return first * row[cell] + second * row[cell + 1]


def bug_lost_sum(d_out, position, length):
    """Gradient of a loss with respect to a row, computed by two workers that share the positions at which it was read.

    Parameters
    ----------
    d_out : (K,) array of float32 or float64
        Gradient of the loss with respect to the values that were read.
    position : (K,) array of d_out's dtype
        Where the row was read, in pixels: 0 is the centre of the first.
    length : int
        The row's number of pixels.

    Returns
    -------
    (length,) array of d_out's dtype
        Gradient with respect to the row.

    Notes
    -----
    Convention: bilinear, zeros outside. The first worker has the first half of the positions, the second the rest.
    """
    d_row = np.zeros(length, d_out.dtype)
    half = len(position) // 2
    for share in (slice(0, half), slice(half, len(position))):
        mine = np.zeros(length, d_out.dtype)  # what this worker adds up, apart from the other
        for given, place in zip(d_out[share], position[share]):
            left = int(np.floor(place))
            for pixel in (left, left + 1):
                if 0 <= pixel < length:
                    mine[pixel] += (1 - abs(place - pixel)) * given
        d_row += mine
    return d_row


def weights_from_channels_last(kernel, dense, size):
    """Convert a convolution and the linear layer after it from channels last to torch's order.

    Parameters
    ----------
    kernel : (k_h, k_w, C_in, C) array of float32 or float64
        Weights of the convolution: row, column, input channel, output channel.
    dense : (H * W * C, K) array of kernel's dtype
        Weights of the linear layer, a column for each of its K outputs. Its inputs are the convolution's output,
        (H, W, C) for each image, flattened.
    size : (H, W) ints
        Rows and columns of the convolution's output.

    Returns
    -------
    weight : (C, C_in, k_h, k_w) array
        Of `torch.nn.Conv2d`.
    linear_weight : (K, C * H * W) array
        Of `torch.nn.Linear`, whose inputs are the convolution's output, (C, H, W) for each image, flattened.

    Notes
    -----
    Convention: both frameworks slide the kernel without flipping it, and flatten arrays with the last axis running
    fastest.
    """
    (height, width), (channels, outputs) = size, (kernel.shape[3], dense.shape[1])
    weight = kernel.transpose(3, 2, 0, 1)
    places = dense.reshape(height, width, channels, outputs)
    return weight, places.transpose(3, 2, 0, 1).reshape(outputs, -1)


def theta_between_conventions(theta, in_size, out_size):
    """Convert a theta learned with align_corners=True into the one that does the same with False.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        In units in which -1 and 1 are the centres of the outermost pixels, of the input and of the output.
    in_size : (H, W) ints
        Rows and columns of the input; at least 2 each.
    out_size : (h, w) ints
        Rows and columns of the output; at least 2 each.

    Returns
    -------
    (N, 2, 3) array of theta's dtype
        In units in which -1 and 1 are the outer edges: each output pixel reads the same place of the input.

    Notes
    -----
    Convention: theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``.
    """
    (height_in, width_in), (height_out, width_out) = in_size, out_size
    to_edges = np.array([1 - 1 / width_in, 1 - 1 / height_in])  # of x and y, in the input
    to_centres = np.array([width_out / (width_out - 1), height_out / (height_out - 1), 1])
    return (to_edges[:, None] * theta * to_centres).astype(theta.dtype)


def bug_pixel_grid(theta, input_size, output_size, align_corners=False):
    """Grid of the input points that the output pixels show.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        Maps output positions to input positions, ``theta[n] @ (x, y, 1)``, in normalised units.
    input_size : (H, W) ints
        Rows and columns of the input.
    output_size : (h, w) ints
        Rows and columns of the output; at least 2 each.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (N, h, w, 2) array of theta's dtype
        Points (x, y) as `grid_sample` takes them, with the same align_corners.

    Notes
    -----
    Source: Jaderberg et al. 2015, eq. 1.
    """
    rows, columns = output_size
    y, x = np.meshgrid(pixel_centres(rows, align_corners), pixel_centres(columns, align_corners), indexing="ij")
    base = np.stack([x, y, np.ones_like(x)], axis=-1).reshape(-1, 3)
    points = base @ theta.transpose(0, 2, 1)
    return points.reshape(-1, rows, columns, 2).astype(theta.dtype)


def share_outside(theta, size, align_corners=False):
    """Compute for each image the share of the output's points that lie outside it.

    Parameters
    ----------
    theta : (N, 2, 3) array of float64
        One affine map for each image, from the output to the input, in normalised units.
    size : (N, C, h, w) ints
        The shape of the output; h and w are at least 2.
    align_corners : bool
        What -1 and 1 are: the outer edges of the outermost pixels (False) or their centres (True).

    Returns
    -------
    (N,) array of float64
        From 0, all points on the picture, to 1, none.

    Notes
    -----
    Convention: a point (x, y) is outside if x or y is less than -1 or greater than 1, in normalised units. A point
    exactly at -1 or 1 is inside.
    """
    height, width = size[2:]
    x, y = np.meshgrid(pixel_centres(width, align_corners), pixel_centres(height, align_corners))
    points = np.stack([x, y, np.ones_like(x)])
    grid = np.einsum("nck,kij->nijc", theta, points)
    return (abs(grid) > 1).any(axis=-1).mean(axis=(1, 2))


def singular_values(theta):
    """Compute by how much each theta stretches a picture's points, most and least.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        One affine map for each image, from the output to the input, in normalised units.

    Returns
    -------
    (N, 2) array of theta's dtype
        The larger first; neither is negative.

    Notes
    -----
    Convention: a circle of radius 1 among the output's points becomes an ellipse on the input, and these are its
    half axes. Turning the output changes neither.
    """
    return np.linalg.svd(theta[:, :, :2], compute_uv=False)


def rate_at(step, iterations, rate, factor):
    """Give the rates of the classifier and of the localisation network at some steps of a run.

    Parameters
    ----------
    step : (N,) array of ints
        Steps of the run, counted from 0 to iterations - 1.
    iterations : int
        The number of steps of the run, 3 or more, not necessarily a multiple of three.
    rate : float
        Learning rate at step 0. It falls to a tenth at the first step that is at or past a third of the run, and to a
        tenth of that at the first one at or past two thirds.
    factor : float
        The factor by which the rate is multiplied for the localisation network.

    Returns
    -------
    classifier_rate : (N,) array of float64
    localisation_rate : (N,) array of float64

    Notes
    -----
    Convention: the steps of a third are those with ``floor(3 * step / iterations)`` equal to 0, 1 or 2.
    """
    falls = step * 3 // iterations
    classifier_rate = rate * 0.1**falls
    return classifier_rate, factor * classifier_rate


def mean_and_spread(errors):
    """Give the mean of each cell's errors, and their sample standard deviation, both in per cent.

    Parameters
    ----------
    errors : (C, S) array of float64
        One row for each cell of a table, one column for each seed, 2 or more; shares from 0 to 1.

    Returns
    -------
    mean : (C,) array of float64
        In per cent.
    spread : (C,) array of float64
        In percentage points.

    Notes
    -----
    Convention: the sample standard deviation divides the sum of squares by S - 1, because the mean was computed from
    the same S runs.
    """
    percent = 100 * errors
    return percent.mean(axis=1), percent.std(axis=1, ddof=1)


def tps_radial(distance):
    """Shape of a thin plate around the pin that holds it, U(r) = r^2 log r.

    Parameters
    ----------
    distance : (M, K) array of float32 or float64
        r, from M places to K control points, in normalised units; some may be 0, none is negative.

    Returns
    -------
    (M, K) array of distance's dtype
        U of each; 0 at a distance of 0, and finite everywhere.

    Notes
    -----
    Convention: the natural logarithm, so U is negative up to a distance of 1 and positive beyond.
    Source: Bookstein 1989.
    """
    return distance**2 * np.log(np.where(distance > 0, distance, 1))


def tps_system(points):
    """Write down the linear system whose solution is the thin-plate spline through some points.

    Parameters
    ----------
    points : (K, 2) array of float32 or float64
        Control points (x, y) in normalised units; no two in one place.

    Returns
    -------
    (K + 3, K + 3) array of points' dtype
        It takes the K weights, then the factors of x, of y and of 1, to the K values at the control points, then three
        zeros.

    Notes
    -----
    Convention: value k is ``sum over l of weight_l * U(|points_k - points_l|) + factor_x * x_k + factor_y * y_k +
    factor_1`` with U(r) = r^2 log r and U(0) = 0. The last three rows are the side conditions: the weights
    times x, the weights times y and the weights themselves each add up to zero, in this order. Source: Bookstein 1989.
    """
    bent = tps_radial(np.linalg.norm(points[:, None] - points, axis=2))
    affine = np.concatenate([points, np.ones_like(points[:, :1])], axis=1)
    return np.block([[bent, affine], [affine.T, np.zeros((3, 3), points.dtype)]])


def localise_box(theta, image_size):
    """Smallest upright rectangle of the image that contains everything each theta reads.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        One affine map for each image, from output positions to input positions, in normalised units.
    image_size : (H, W) ints
        The size of the image, in pixels.

    Returns
    -------
    (N, 4) array of theta's dtype
        Left, top, right and bottom of each rectangle, in pixels from the image's upper left corner: the whole image is
        (0, 0, W, H). Parts outside the image count as well.

    Notes
    -----
    Convention: -1 and 1 are the outer edges, of the output as of the image (``align_corners=False``); the output's four
    corners are at (-1, -1), (1, -1), (-1, 1) and (1, 1), x before y, y down.
    """
    height, width = image_size
    corners = np.array([[-1, 1, -1, 1], [-1, -1, 1, 1], [1, 1, 1, 1]], theta.dtype)
    places = (theta @ corners + 1) * np.array([[width / 2], [height / 2]], theta.dtype)
    return np.concatenate([places.min(axis=2), places.max(axis=2)], axis=1)


def heading_of_theta(theta):
    """Compute the direction on the input of the output's upper side, as a heading on the compass.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        From the output to the input, in normalised units; both are square.

    Returns
    -------
    (N,) array of theta's dtype
        Degrees from 0 to below 360, clockwise as seen: 0 is up on the input, 90 is right.

    Notes
    -----
    Convention: rows count downwards, so that the output's upper side lies in the direction (x, y) = (0, -1) from its
    middle.
    """
    x, y = -theta[:, 0, 1], -theta[:, 1, 1]
    return np.degrees(np.arctan2(x, -y)) % 360


def heading_error(said, true):
    """Compare headings with the true ones, up to a constant that all of them have in common.

    Parameters
    ----------
    said, true : (N,) arrays of float64
        Degrees on the compass.

    Returns
    -------
    offset : float
        The mean of ``said - true``, as arrows are added: degrees from -180 to 180, of which either may stand for a half
        turn.
    error : float
        The mean distance of ``said - true`` from that offset, the short way round: degrees from 0 to 180.

    Notes
    -----
    Convention: the mean of angles is the direction of the sum of arrows of length 1, one for each of them.
    """
    difference = said - true
    offset = np.degrees(np.angle(np.exp(1j * np.radians(difference)).mean()))
    left = (difference - offset + 180) % 360 - 180
    return offset, abs(left).mean()


def winding_number(theta):
    """Count the full turns of a closed curve of thetas.

    Parameters
    ----------
    theta : (M, 2, 3) array of float32 or float64
        In the order of the curve, in normalised units; after the last one the curve closes at the first. From each to
        the next the angle changes by less than half a turn.

    Returns
    -------
    float
        A whole number, positive where the angle grows: that of the rotation nearest to each theta,
        ``arctan2(theta[1, 0] - theta[0, 1], theta[0, 0] + theta[1, 1])``, which is the heading that it undoes,
        clockwise.
    """
    angle = np.arctan2(theta[:, 1, 0] - theta[:, 0, 1], theta[:, 0, 0] + theta[:, 1, 1]).astype(np.float64)
    steps = np.diff(angle, append=angle[:1])
    return float(round(((steps + np.pi) % (2 * np.pi) - np.pi).sum() / (2 * np.pi)))


def turn_likeness(features, template):
    """Correlate the features of images with a template, shifted by every number of places.

    Parameters
    ----------
    features : (N, K, D) array of float32 or float64
        D features of each of K turned copies of N images. The copies go once around, so after the last comes the first.
    template : (K, D) array of features' dtype

    Returns
    -------
    (N, K) array of the same dtype
        At place s, from 0 to K - 1: the sum over copies k and features d of
        ``features[n, k + s, d] * template[k, d]``, places modulo K.
    """
    turned = [np.roll(template, turn, axis=0) for turn in range(len(template))]
    return np.einsum("nkd,skd->ns", features, np.stack(turned))


def thread_of_pixel(row, column, width, block):
    """Find which thread of which block works on each pixel of a picture.

    Parameters
    ----------
    row, column : (K,) arrays of ints
        The pixels, counted from 0.
    width : int
        The picture's width in pixels.
    block : (int, int)
        Columns and rows of a block, in this order: CUDA's x comes first.

    Returns
    -------
    block_number : (K,) array of ints
        Blocks are counted from 0, row by row; the last one of a row may reach beyond the picture.
    thread_number : (K,) array of ints
        Threads are counted from 0 within their block, row by row.

    Notes
    -----
    Convention: 32 threads with consecutive numbers are a warp, so that ``thread_number // 32`` is the warp.
    """
    columns, rows = block
    across = -(-width // columns)  # rounded up
    return row // rows * across + column // columns, row % rows * columns + column % columns


def atomic_conflicts(theta, in_size, out_size, align_corners=False):
    """Count, for each pixel of the image, the output pixels whose samples give it a weight.

    Parameters
    ----------
    theta : (2, 3) array of float64
        From the output to the image, in normalised units.
    in_size : (int, int)
        Height and width of the image.
    out_size : (int, int)
        Height and width of the output, each at least 2.
    align_corners : bool
        What -1 and 1 are: the outer edges of the outermost pixels (False) or their centres (True).

    Returns
    -------
    (H, W) array of ints
        How many threads add to each pixel. Those whose weight is 0 do not add.

    Notes
    -----
    Convention: bilinear, zeros outside. A sample gives a weight to a pixel that lies less than one pixel away from it
    both across and down.
    """
    grid = affine_grid(theta[None], (1, 1, *out_size), align_corners)[0].reshape(-1, 2)
    p_x, p_y = (to_pixels(grid[:, axis], in_size[1 - axis], align_corners) for axis in (0, 1))
    beside = abs(p_x[:, None] - np.arange(in_size[1])) < 1
    above = abs(p_y[:, None] - np.arange(in_size[0])) < 1
    return above.T.astype(int) @ beside.astype(int)
