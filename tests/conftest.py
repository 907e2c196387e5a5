"""What every test shares: the implementations under test and how Hypothesis draws examples."""

import importlib

import pytest
import torch
from hypothesis import HealthCheck, settings

torch.set_num_threads(1)

# The same examples on every run, so that a red test stays red. `--hypothesis-profile thorough` draws new ones.
QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("suite", derandomize=True, max_examples=15, **QUIET)
settings.register_profile("thorough", max_examples=300, **QUIET)
settings.load_profile("suite")

# Which module of an implementation holds which operation.
HOME = {
    "grid": ["affine_grid"],
    "sampler": ["grid_sample", "affine_sample"],
    "linear": ["linear", "relu"],
    "conv": ["conv2d"],
    "pool": ["max_pool2d", "avg_pool2d"],
    "loss": ["softmax", "cross_entropy"],
    "theta": [f"{kind}_theta" for kind in ("translation", "rotation", "attention", "similarity", "affine")],
}
MODULE = {name: module for module, names in HOME.items() for name in names}
MODULE |= {f"{name}_backward": module for name, module in MODULE.items()}
MODULE |= {"read_theta": "theta", "rotation_angle": "theta", "TRANSFORMS": "theta", "im2col": "conv", "col2im": "conv"}


class Implementation:
    """One implementation of the contract: `implementation.grid_sample` is its own `grid_sample`.

    A partial implementation skips the tests of the operations that it lacks; a whole one fails them.
    """

    def __init__(self, package, partial=False):
        self.package, self.partial = package, partial

    def __getattr__(self, name):
        if name not in MODULE:
            raise AttributeError(name)
        try:
            return getattr(importlib.import_module(f"{self.package}.{MODULE[name]}"), name)
        except (AttributeError, ModuleNotFoundError):
            if self.partial:
                pytest.skip(f"{self.package} has no {name}")
            raise


IMPLEMENTATIONS = {"numpy": Implementation("stn_numpy")}


@pytest.fixture(scope="session", params=IMPLEMENTATIONS)
def implementation(request):
    """Each implementation in turn; every test of an operation takes its functions from here."""
    return IMPLEMENTATIONS[request.param]


@pytest.fixture(scope="session", params=["float32", "float64"])
def dtype(request):
    """Each float type in turn."""
    return request.param


@pytest.fixture(scope="session", params=[False, True], ids=["edges", "corners"])
def align_corners(request):
    """What -1 and 1 mean: the outer edges of the outer pixels (False), or their centres (True)."""
    return request.param


@pytest.fixture(scope="session", params=["bilinear", "nearest", "bicubic"])
def mode(request):
    """Each kind of interpolation in turn."""
    return request.param


@pytest.fixture(scope="session", params=["zeros", "border", "reflection"])
def padding_mode(request):
    """Each kind of padding in turn."""
    return request.param
