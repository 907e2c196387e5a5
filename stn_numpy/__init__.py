"""A Spatial Transformer Network in NumPy, forward and backward, each function as the book derives it.

``X_backward`` takes the gradients of the loss for X's outputs, then X's arguments; it returns gradients in the order of
these, each of its argument's shape and dtype. Those of grids and samplers take no size: it is that of the gradient.
"""

from .affine_exp import affine_exp_theta, affine_exp_theta_backward
from .compose import compose_affine, compose_affine_backward
from .congealing import Congealed, congeal, finest_turn, turn_likeness
from .conv import col2im, conv2d, conv2d_backward, im2col
from .coordinates import base_points, pixel_centres, pixels_per_unit, to_pixels
from .digits import load_digits
from .distortions import distort
from .families import TRANSFORMS, Transform, as_transform, tps_transform
from .gradcheck import gradcheck, numerical_gradient
from .grid import affine_grid, affine_grid_backward
from .layer import AvgPool2d, Conv2d, Flatten, Layer, Linear, MaxPool2d, Parameter, ReLU, Sequential
from .linear import linear, linear_backward, relu, relu_backward
from .localisation import LocalisationNetwork
from .log_polar import log_polar_grid, log_polar_grid_backward
from .loss import cross_entropy, cross_entropy_backward, softmax
from .model import Classifier
from .optimizer import SGD, Adam, CosineLR, StepLR, clip_gradients
from .pool import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from .pose import circular_deviation, remaining_angle
from .projective import (
    homography,
    projective_grid,
    projective_grid_backward,
    projective_theta,
    projective_theta_backward,
)
from .sampler import affine_sample, affine_sample_backward, grid_sample, grid_sample_backward
from .taps import axis_taps
from .theta import (
    affine_theta,
    affine_theta_backward,
    attention_theta,
    attention_theta_backward,
    read_theta,
    rotation_angle,
    rotation_theta,
    rotation_theta_backward,
    similarity_theta,
    similarity_theta_backward,
    translation_theta,
    translation_theta_backward,
)
from .tps import (
    bending_energy,
    bending_energy_backward,
    control_points,
    tps_displacements,
    tps_displacements_backward,
    tps_grid,
    tps_grid_backward,
)
from .training import error_rate, load_checkpoint, save_checkpoint, train, training_step
from .transformer import SpatialTransformer
from .turned_copies import TurnedCopies, marginalise, marginalise_backward, turned_thetas
from .windows import window_views
