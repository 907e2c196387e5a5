"""The kernels against NumPy, torch, OpenCV, SciPy and scikit-image: ``python -m book.experiments.fast``."""
