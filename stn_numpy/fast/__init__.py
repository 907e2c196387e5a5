"""The operations once more, compiled by Numba: `fast.grid_sample` is `stn_numpy.grid_sample`, faster.

Names, signatures and results are the same. What is not here, NumPy does as fast already: matrix products (linear layers
and thin-plate splines), softmax, maps from parameters to theta.
"""

from .conv import conv2d, conv2d_backward
from .grid import affine_grid, affine_grid_backward
from .linear import relu, relu_backward
from .pool import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from .projective import projective_grid, projective_grid_backward
from .sampler import affine_sample, affine_sample_backward, grid_sample, grid_sample_backward
from .transformer import compiled
