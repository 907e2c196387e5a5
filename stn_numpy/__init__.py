"""A Spatial Transformer Network in NumPy, forward and backward, each function as the book derives it."""

from .compose import compose_affine, compose_affine_backward
from .conv import col2im, conv2d, conv2d_backward, im2col
from .families import TRANSFORMS, Transform, tps_transform
from .gradcheck import gradcheck, numerical_gradient
from .grid import affine_grid, affine_grid_backward, pixel_centres
from .layer import AvgPool2d, Conv2d, Flatten, Layer, Linear, MaxPool2d, Parameter, ReLU, Sequential
from .linear import linear, linear_backward, relu, relu_backward
from .localisation import LocalisationNetwork
from .loss import cross_entropy, cross_entropy_backward, softmax
from .model import Classifier
from .optimizer import SGD, Adam, StepLR
from .pool import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from .projective import homography, projective_grid, projective_grid_backward
from .sampler import affine_sample, affine_sample_backward, grid_sample, grid_sample_backward
from .theta import read_theta, rotation_angle
from .tps import bending_energy, bending_energy_backward, control_points, tps_grid, tps_grid_backward
from .training import error_rate, train
from .transformer import SpatialTransformer
