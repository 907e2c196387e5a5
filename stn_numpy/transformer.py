"""The Spatial Transformer as one layer: localisation network, grid generator and sampler."""

from ._backend import operation
from ._check import check_choice, check_pair
from ._taps import MODES, PADDING_MODES
from .layer import Layer
from .theta import TRANSFORMS


class SpatialTransformer(Layer):
    """Transform each image as its localisation network says.

    Parameters
    ----------
    localisation : Layer
        (N, C, H, W) to (N, P), where P is the number of parameters of the transform.
    transform : {"translation", "rotation", "attention", "similarity", "affine"}
        The family of transformations; see `TRANSFORMS`.
    size : int, (h, w) or None
        Size of the output in pixels; None for that of the input.
    mode, padding_mode, align_corners
        As in `grid_sample`.
    backend : {"numpy", "numba"}
        Who samples; the localisation network has a backend of its own.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message says what was expected and what came.

    Notes
    -----
    Forward: (N, C, H, W) to (N, C, h, w), all channels by one theta. After it, ``theta`` is the (N, 2, 3) array that
    was used. Convention: theta maps output positions to input positions, in (x, y) and normalised units.
    Source: Jaderberg et al. 2015, section 3.
    """

    def __init__(self, localisation, transform="affine", size=None, mode="bilinear", padding_mode="zeros",
                 align_corners=False, backend="numpy"):
        check_choice("transform", transform, tuple(TRANSFORMS))
        check_choice("mode", mode, MODES)
        check_choice("padding_mode", padding_mode, PADDING_MODES)
        self.affine_sample, self.affine_sample_backward = operation(backend, "sampler.affine_sample")
        self.localisation = localisation
        self.transform = TRANSFORMS[transform]
        self.size = None if size is None else check_pair("size", size, 1)
        self.reading = dict(mode=mode, padding_mode=padding_mode, align_corners=align_corners)

    def forward(self, image):
        self.image = image
        self.transform_parameters = self.localisation(image)
        self.theta = self.transform.forward(self.transform_parameters)
        size = image.shape[:2] + (self.size or image.shape[2:])
        return self.affine_sample(image, self.theta, size, **self.reading)

    def backward(self, d_out):
        d_image, d_theta = self.affine_sample_backward(d_out, self.image, self.theta, **self.reading)
        d_parameters = self.transform.backward(d_theta, self.transform_parameters)
        return d_image + self.localisation.backward(d_parameters)
