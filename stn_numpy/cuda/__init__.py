"""The affine sampler once more, for a GPU: `cuda.affine_sample` is `stn_numpy.affine_sample`, one thread a pixel.

Bilinear with zeros outside, NumPy arrays in and out. `device` has the same for arrays that stay on the GPU. Without a
GPU, Numba's simulator runs the kernels as Python threads: set NUMBA_ENABLE_CUDASIM=1 before Numba is imported.
"""

from .sampler import affine_sample, affine_sample_backward, affine_sample_backward_atomics
