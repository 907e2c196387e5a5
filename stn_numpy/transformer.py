"""The Spatial Transformer as one layer: localisation network, grid generator and sampler."""

from .check import check_choice, check_flag, check_pair
from .families import as_transform
from .layer import Layer
from .sampler import grid_sample, grid_sample_backward
from .taps import MODES, PADDING_MODES


class SpatialTransformer(Layer):
    """Transform each image by the theta that its localisation network predicts.

    Parameters
    ----------
    localisation : Layer
        (N, C, H, W) to (N, P), where P is the number of parameters of the transform.
    transform : str or Transform
        The family of transformations: a name in `TRANSFORMS`, or a family of your own.
    size : int, (h, w) or None
        Size of the output in pixels; None for that of the input.
    mode, padding_mode, align_corners
        As in `grid_sample`.

    Notes
    -----
    Forward: (N, C, H, W) to (N, C, h, w), all channels by one theta. After it, ``theta`` is the array that was used,
    (N, 2, 3) for an affine family, (N, 3, 3) for "projective", (N, 16, 2) for "tps", and ``grid`` the (N, h, w, 2)
    points at which the images were read.
    Convention: theta maps output positions to input positions, in (x, y) and normalised units.
    Source: Jaderberg et al. 2015, section 3.
    """

    def __init__(
        self, localisation, transform="affine", size=None, mode="bilinear", padding_mode="zeros", align_corners=False
    ):
        check_choice("mode", mode, MODES)
        check_choice("padding_mode", padding_mode, PADDING_MODES)
        check_flag("align_corners", align_corners)
        self.localisation, self.transform = localisation, as_transform(transform)
        self.size = None if size is None else check_pair("size", size, 1)
        self.reading = dict(mode=mode, padding_mode=padding_mode, align_corners=align_corners)

    def forward(self, image):
        self.image = image
        self.transform_parameters = self.localisation(image)
        self.theta = self.transform.forward(self.transform_parameters)
        size = image.shape[:2] + (self.size or image.shape[2:])
        self.grid = self.transform.theta_grid(self.theta, size, self.reading["align_corners"])
        return grid_sample(image, self.grid, **self.reading)

    def backward(self, d_out):
        d_image, d_grid = grid_sample_backward(d_out, self.image, self.grid, **self.reading)
        d_theta = self.transform.theta_grid_backward(d_grid, self.theta, self.reading["align_corners"])
        d_parameters = self.transform.backward(d_theta, self.transform_parameters)
        return d_image + self.localisation.backward(d_parameters)
