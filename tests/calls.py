"""One ordinary call of every operation, for the tests of what they have in common."""

import numpy as np
from support import away_from_zero, distinct, leaning, normal, smooth_grid

SAMPLING = [
    {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    for mode in ("bilinear", "nearest", "bicubic")
    for padding_mode in ("zeros", "border", "reflection")
    for align_corners in (False, True)
]
PARAMETERS = {"translation": 2, "rotation": 1, "attention": 3, "similarity": 4, "affine": 6, "affine_exp": 6,
              "projective": 8}
SIZE_IS_THAT_OF_D_OUT = ("affine_sample", "projective_grid")
LINEAR = ("affine_grid", "tps_grid")  # their backward needs neither the argument nor the size
OWN_SIGNATURE = {*SIZE_IS_THAT_OF_D_OUT, *LINEAR}  # every other backward takes what the forward took


def ordinary_calls(dtype):
    """The calls: label -> (name, arrays, the arguments that are no arrays, keywords)."""
    calls = {}
    image, theta = normal(0, (2, 3, 4, 5), dtype), normal(1, (2, 2, 3), dtype)
    for align_corners in (False, True):
        label = "corners" if align_corners else "edges"
        size = (2, 3, 6, 4)
        calls[f"affine_grid {label}"] = ("affine_grid", [theta], [size], {"align_corners": align_corners})
        calls[f"projective_grid {label}"] = ("projective_grid", [leaning(11, 2, dtype)], [size],
                                             {"align_corners": align_corners})
        moved = normal(12, (2, 16, 2), dtype)
        calls[f"tps_grid {label}"] = ("tps_grid", [moved], [size], {"align_corners": align_corners})
    for options in SAMPLING:
        grid = smooth_grid(2, image, (2, 3, 6), options["align_corners"])
        label = f"{options['mode']} {options['padding_mode']} {'corners' if options['align_corners'] else 'edges'}"
        calls[f"grid_sample {label}"] = ("grid_sample", [image, grid], [], options)
        if options["mode"] == "bilinear":
            options = {key: value for key, value in options.items() if key != "mode"}
            calls[f"affine_sample {label}"] = ("affine_sample", [image, theta], [(2, 3, 3, 6)], options)
    weight, bias = normal(3, (4, 3, 3, 2), dtype), normal(4, 4, dtype)
    calls["conv2d"] = ("conv2d", [image, weight, bias], [], {})
    calls["conv2d strided"] = ("conv2d", [image, weight, bias], [], {"stride": (2, 1), "padding": (1, 2)})
    calls["conv2d of one pixel"] = ("conv2d", [image, weight[:, :, :1, :1].copy(), bias], [], {})
    for kind in ("max", "avg"):
        apart = distinct(5, (2, 3, 4, 5), dtype)
        calls[f"{kind}_pool2d"] = (f"{kind}_pool2d", [apart], [2], {})
        calls[f"{kind}_pool2d overlapping"] = (f"{kind}_pool2d", [apart], [(3, 2)], {"stride": (1, 2)})
        calls[f"{kind}_pool2d of one pixel"] = (f"{kind}_pool2d", [apart], [1], {})
    calls["bending_energy"] = ("bending_energy", [normal(12, (3, 16, 2), dtype) / 10], [], {})
    calls["tps_displacements"] = ("tps_displacements", [normal(13, (2, 32), dtype)], [], {})
    calls["linear"] = ("linear", [normal(6, (5, 3), dtype), normal(7, (4, 3), dtype), bias], [], {})
    calls["relu"] = ("relu", [away_from_zero(8, (2, 3, 4), dtype)], [], {})
    calls["relu of positive numbers"] = ("relu", [np.abs(away_from_zero(8, (2, 3), dtype))], [], {})
    calls["cross_entropy"] = ("cross_entropy", [normal(9, (4, 6), dtype)], [np.array([0, 5, 2, 2])], {})
    for kind, length in PARAMETERS.items():
        calls[f"{kind}_theta"] = (f"{kind}_theta", [normal(10, (4, length), dtype)], [], {})
    return calls


def backward_of(implementation, name, rest, options):
    """The backward as a function of d_out and the arrays alone, whatever else it takes."""
    backward = getattr(implementation, f"{name}_backward")
    if name in LINEAR:
        return lambda d_out, theta: backward(d_out, **options)
    if name in SIZE_IS_THAT_OF_D_OUT:
        return lambda d_out, *arrays: backward(d_out, *arrays, **options)
    return lambda d_out, *arrays: backward(d_out, *arrays, *rest, **options)


def forward_of(implementation, name, rest, options):
    """The forward as a function of the arrays alone."""
    return lambda *arrays: getattr(implementation, name)(*arrays, *rest, **options)
