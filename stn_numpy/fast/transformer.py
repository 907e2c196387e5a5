"""The Spatial Transformer compiled; and `compiled`, which gives any network its compiled layers."""

from .. import layer, transformer
from ..families import TRANSFORMS
from . import layer as fast_layer
from .grid import affine_grid
from .projective import projective_grid, projective_grid_backward
from .sampler import affine_sample, affine_sample_backward, grid_sample, grid_sample_backward

AFFINE, PROJECTIVE = TRANSFORMS["affine"].theta_grid, TRANSFORMS["projective"].theta_grid
COMPILED = {
    AFFINE: affine_grid,
    PROJECTIVE: projective_grid,
    TRANSFORMS["projective"].theta_grid_backward: projective_grid_backward,
}


class SpatialTransformer(transformer.SpatialTransformer):
    """As `stn_numpy.SpatialTransformer`, compiled: an affine grid is computed and read in one loop, and not stored."""

    @property
    def grid(self):
        """The points at which the last batch was read: (N, h, w, 2), normalised units, x before y."""
        theta_grid = COMPILED.get(self.transform.theta_grid, self.transform.theta_grid)
        return theta_grid(self.theta, self.out_shape, self.reading["align_corners"])

    def forward(self, image):
        self.image = image
        self.transform_parameters = self.localisation(image)
        self.theta = self.transform.forward(self.transform_parameters)
        self.out_shape = image.shape[:2] + (self.size or image.shape[2:])
        if self.transform.theta_grid is AFFINE:
            return affine_sample(image, self.theta, self.out_shape, **self.reading)
        return grid_sample(image, self.grid, **self.reading)

    def backward(self, d_out):
        if self.transform.theta_grid is AFFINE:
            d_image, d_theta = affine_sample_backward(d_out, self.image, self.theta, **self.reading)
        else:
            d_image, d_grid = grid_sample_backward(d_out, self.image, self.grid, **self.reading)
            backward = COMPILED.get(self.transform.theta_grid_backward, self.transform.theta_grid_backward)
            d_theta = backward(d_grid, self.theta, self.reading["align_corners"])
        return d_image + self.localisation.backward(self.transform.backward(d_theta, self.transform_parameters))


TWINS = {
    getattr(layer, kind.__name__): kind
    for kind in (fast_layer.Conv2d, fast_layer.ReLU, fast_layer.MaxPool2d, fast_layer.AvgPool2d, fast_layer.Sequential)
} | {transformer.SpatialTransformer: SpatialTransformer}


def compiled(model: layer.Layer) -> layer.Layer:
    """A network that computes the same by compiled operations, with the same parameters; `model` does not change.

    It is the compiled twin of `model` or, for a class that is not the library's, a shallow copy; the same holds for
    every layer among its attributes, lists, tuples and dicts. Parameters are shared: training one trains both.
    """
    if not isinstance(model, layer.Layer):
        raise TypeError(f"model: expected a Layer, got {type(model).__name__}")
    return _compiled(model, {})


def _compiled(value, done):
    """The twin of a layer, or a container with twins of the layers in it; anything else is returned as it is."""
    if type(value) in (list, tuple):
        return type(value)(_compiled(part, done) for part in value)
    if type(value) is dict:
        return {name: _compiled(part, done) for name, part in value.items()}
    if not isinstance(value, layer.Layer):
        return value
    if id(value) not in done:
        kind = TWINS.get(type(value), type(value))
        done[id(value)] = twin = kind.__new__(kind)
        vars(twin).update({name: _compiled(part, done) for name, part in vars(value).items()})
    return done[id(value)]
