"""How closely two results must agree: one table, by float type."""

import numpy as np

RELATIVE = {np.dtype(np.float64): 1e-10, np.dtype(np.float32): 1e-5, np.dtype(np.int64): 0}

# The relative error of a central difference in float64 with a step of 1e-6, away from the kinks.
FINITE_DIFFERENCES = 1e-7


def assert_agrees(actual, expected, unit=1.0):
    """Assert that two arrays have one dtype, one shape and the same numbers.

    The error allowed is relative to the largest expected number, and never less than relative to `unit`: the size of
    the terms that were added up. A sum of terms near one that happens to end near zero carries their rounding errors.
    """
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.dtype == expected.dtype, f"dtype: expected {expected.dtype}, got {actual.dtype}"
    assert actual.shape == expected.shape, f"shape: expected {expected.shape}, got {actual.shape}"
    largest = np.nanmax(np.abs(expected), initial=unit)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=RELATIVE[expected.dtype] * largest)
