"""The kernels against NumPy, torch, OpenCV, SciPy and scikit-image: ``python -m stn_numpy.fast.benchmark``."""
