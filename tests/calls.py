"""One ordinary call of every operation, for the tests of their common properties."""

import numpy as np
from support import away_from_zero, distinct, leaning, normal, smooth_grid

SAMPLING = [
    {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    for mode in ("bilinear", "nearest", "bicubic")
    for padding_mode in ("zeros", "border", "reflection")
    for align_corners in (False, True)
]
PARAMETERS = {
    "translation": 2,
    "rotation": 1,
    "attention": 3,
    "similarity": 4,
    "affine": 6,
    "affine_exp": 6,
    "projective": 8,
}


def ordinary_calls(dtype):
    """The calls: label -> (name, the arrays that are differentiated, everything else by name)."""
    calls = {}
    image, theta = normal(0, (2, 3, 4, 5), dtype), normal(1, (2, 2, 3), dtype)
    for align_corners in (False, True):
        label = "corners" if align_corners else "edges"
        options = {"size": (2, 3, 6, 4), "align_corners": align_corners}
        calls[f"affine_grid {label}"] = ("affine_grid", [theta], options)
        calls[f"log_polar_grid {label}"] = ("log_polar_grid", [theta], options)
        calls[f"projective_grid {label}"] = ("projective_grid", [leaning(11, 2, dtype)], options)
        calls[f"tps_grid {label}"] = ("tps_grid", [normal(12, (2, 16, 2), dtype)], options)
    for options in SAMPLING:
        grid = smooth_grid(2, image, (2, 3, 6), options["align_corners"])
        label = f"{options['mode']} {options['padding_mode']} {'corners' if options['align_corners'] else 'edges'}"
        calls[f"grid_sample {label}"] = ("grid_sample", [image, grid], options)
        if options["mode"] == "bilinear":
            calls[f"affine_sample {label}"] = ("affine_sample", [image, theta], {"size": (2, 3, 3, 6), **options})
    weight, bias = normal(3, (4, 3, 3, 2), dtype), normal(4, 4, dtype)
    calls["conv2d"] = ("conv2d", [image, weight, bias], {})
    calls["conv2d strided"] = ("conv2d", [image, weight, bias], {"stride": (2, 1), "padding": (1, 2)})
    calls["conv2d of one pixel"] = ("conv2d", [image, weight[:, :, :1, :1].copy(), bias], {})
    for kind in ("max", "avg"):
        apart = distinct(5, (2, 3, 4, 5), dtype)
        calls[f"{kind}_pool2d"] = (f"{kind}_pool2d", [apart], {"kernel_size": 2})
        calls[f"{kind}_pool2d overlapping"] = (f"{kind}_pool2d", [apart], {"kernel_size": (3, 2), "stride": (1, 2)})
        calls[f"{kind}_pool2d of one pixel"] = (f"{kind}_pool2d", [apart], {"kernel_size": 1})
    calls["bending_energy"] = ("bending_energy", [normal(12, (3, 16, 2), dtype) / 10], {})
    calls["tps_displacements"] = ("tps_displacements", [normal(13, (2, 32), dtype)], {})
    calls["linear"] = ("linear", [normal(6, (5, 3), dtype), normal(7, (4, 3), dtype), bias], {})
    calls["relu"] = ("relu", [away_from_zero(8, (2, 3, 4), dtype)], {})
    calls["relu of positive numbers"] = ("relu", [np.abs(away_from_zero(8, (2, 3), dtype))], {})
    calls["marginalise"] = ("marginalise", [normal(14, (2, 3, 4), dtype), normal(15, (2, 3), dtype)], {})
    calls["cross_entropy"] = ("cross_entropy", [normal(9, (4, 6), dtype)], {"target": np.array([0, 5, 2, 2])})
    for kind, length in PARAMETERS.items():
        calls[f"{kind}_theta"] = (f"{kind}_theta", [normal(10, (4, length), dtype)], {})
    return calls


def backward_of(implementation, name, options):
    """The backward as a function of d_out and the arrays alone: it takes the forward's arguments except the size."""
    options = {key: value for key, value in options.items() if key != "size"}  # which d_out has
    return lambda d_out, *arrays: getattr(implementation, f"{name}_backward")(d_out, *arrays, **options)


def forward_of(implementation, name, options):
    """The forward as a function of the arrays alone."""
    return lambda *arrays: getattr(implementation, name)(*arrays, **options)
