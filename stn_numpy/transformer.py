"""The Spatial Transformer as one layer: localisation network, grid generator and sampler."""

from ._backend import counterpart, operation
from .check import check_choice, check_pair
from .families import TRANSFORMS
from .layer import Layer
from .taps import MODES, PADDING_MODES


class SpatialTransformer(Layer):
    """Transform each image as its localisation network says.

    Parameters
    ----------
    localisation : Layer
        (N, C, H, W) to (N, P), where P is the number of parameters of the transform.
    transform : {"translation", "rotation", "attention", "similarity", "affine", "affine-exp", "projective", "tps"}
        The family of transformations: a name in `TRANSFORMS`.
    size : int, (h, w) or None
        Size of the output in pixels; None for that of the input.
    mode, padding_mode, align_corners
        As in `grid_sample`.
    backend : {"numpy", "numba"}
        Who makes the grid and samples; the localisation network has a backend of its own.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message says what was expected and what came.

    Notes
    -----
    Forward: (N, C, H, W) to (N, C, h, w), all channels by one theta. After it, ``theta`` is the array that was used,
    (N, 2, 3) for an affine family, (N, 3, 3) for "projective", (N, 16, 2) for "tps", and ``grid`` the (N, h, w, 2)
    points at which the images were read.
    Convention: theta maps output positions to input positions, in (x, y) and normalised units.
    Source: Jaderberg et al. 2015, section 3.
    """

    def __init__(self, localisation, transform="affine", size=None, mode="bilinear", padding_mode="zeros",
                 align_corners=False, backend="numpy"):
        check_choice("transform", transform, tuple(TRANSFORMS))
        check_choice("mode", mode, MODES)
        check_choice("padding_mode", padding_mode, PADDING_MODES)
        self.localisation = localisation
        self.transform = TRANSFORMS[transform]
        sampler = "sampler.affine_sample" if self.transform.affine else "sampler.grid_sample"
        self.sample, self.sample_backward = operation(backend, sampler)
        self.theta_grid = counterpart(backend, self.transform.theta_grid)
        self.theta_grid_backward = counterpart(backend, self.transform.theta_grid_backward)
        self.size = None if size is None else check_pair("size", size, 1)
        self.reading = dict(mode=mode, padding_mode=padding_mode, align_corners=align_corners)

    @property
    def grid(self):
        """Where the last batch was read: (N, h, w, 2), normalised units, x before y."""
        return self.theta_grid(self.theta, self.out_shape, self.reading["align_corners"])

    def forward(self, image):
        self.image = image
        self.transform_parameters = self.localisation(image)
        self.theta = self.transform.forward(self.transform_parameters)
        self.out_shape = image.shape[:2] + (self.size or image.shape[2:])
        if self.transform.affine:
            return self.sample(image, self.theta, self.out_shape, **self.reading)
        return self.sample(image, self.grid, **self.reading)

    def backward(self, d_out):
        if self.transform.affine:
            d_image, d_theta = self.sample_backward(d_out, self.image, self.theta, **self.reading)
        else:
            d_image, d_grid = self.sample_backward(d_out, self.image, self.grid, **self.reading)
            d_theta = self.theta_grid_backward(d_grid, self.theta, self.reading["align_corners"])
        d_parameters = self.transform.backward(d_theta, self.transform_parameters)
        return d_image + self.localisation.backward(d_parameters)
