"""The operations once more, compiled by Numba: the same names, signatures and results as in stn_numpy, faster."""

from .transformer import compiled
