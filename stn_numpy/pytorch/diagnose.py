"""Show what a spatial transformer does to a batch, and what looks wrong, for any torch module that samples."""

import importlib.util
import math
import textwrap
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from ..viz_diagnosis import draw_diagnosis
from .watch import measure_grid, watch

FRAME = 0.02  # a step between background and padding from here on, as a share of the contrast, is named
FAR = 2  # pixels between neighbouring samples: a tap reaches one pixel to either side, so beyond this some are left out


@dataclass(frozen=True)
class Finding:
    """One measurement: its value (None if there is none), a line of text, and whether it is suspicious."""

    value: Any
    verdict: str
    suspicious: bool = False


@dataclass
class Diagnosis:
    """The result of `diagnose`: ``diagnosis["outside"].value``, or ``print(diagnosis)`` for all of it.

    Findings by name (with several samplers the second one's are "outside 2" and so on), each call of `grid_sample`, and
    a figure for each, where one was drawn.
    """

    findings: dict
    looks: list
    figures: list = field(default_factory=list)

    def __getitem__(self, name):
        return self.findings[name]

    def __str__(self):
        width = max(map(len, self.findings))
        marks = {True: "LOOK", False: "  ok"}
        lines = [f"{marks[one.suspicious]}  {name:{width}}  {one.verdict}" for name, one in self.findings.items()]
        return "\n".join(textwrap.fill(line, 78, subsequent_indent=(8 + width) * " ") for line in lines)


def diagnose(model: nn.Module, batch, loss=F.cross_entropy, draw: bool = True) -> Diagnosis:
    """Print and draw what the transformer in a model does to a batch, and mark what looks wrong.

    The model may be any module that calls `torch.nn.functional.grid_sample` on 4-dimensional images. It runs once, in
    its mode; weights, buffers, gradients, mode and torch's random numbers stay as they were. ValueError if it never
    samples.

    Parameters
    ----------
    model : Module
    batch : (N, C, H, W) tensor, or a pair of such and (N, ...) labels
        The model's input, on its device; without labels, gradients are not measured.
    loss : callable
        ``loss(model(images), labels)``: one number.
    draw : bool
        Draw a figure for each sampler, where matplotlib is installed.

    Notes
    -----
    "outside": samples whose point lies beyond -1 or 1 along either axis. "singular values": of the linear part of the
    affine map nearest to the grid. "drift": distance of the points from those of the identity, in pixels of the sampled
    image. "background": the values of the picture's outermost pixels, against what is read beyond them. "gradients":
    norms over the parameters that the grid depends on, and over all others.
    """
    images, labels = _check(model, batch)
    model = getattr(model, "_orig_mod", model)  # torch.compile's wrapper, whose calls no mode can see
    looks, total, parameters = watch(model, images, None if labels is None else lambda out: loss(out, labels))
    if not looks:
        words = "a module that calls torch.nn.functional.grid_sample on 4-dimensional images"
        raise ValueError(f"model: expected {words}, got {type(model).__name__} (scripted ones cannot be watched)")
    findings, measures = {}, []
    for number, look in enumerate(looks, 1):
        measures.append(measure_grid(look))
        named = _geometry(look, measures[-1]) | _reading(look)
        findings |= {name if number == 1 else f"{name} {number}": found for name, found in named.items()}
    findings |= _learning(looks, total, parameters)
    diagnosis = Diagnosis(findings, looks)
    print(diagnosis)
    if draw and importlib.util.find_spec("matplotlib"):
        norms = findings["gradients"].value
        diagnosis.figures = [draw_diagnosis(look, found, norms) for look, found in zip(looks, measures)]
    return diagnosis


def _check(model, batch):
    if not isinstance(model, nn.Module):
        raise TypeError(f"model: expected a torch.nn.Module, got {type(model).__name__}")
    if isinstance(batch, (tuple, list)) and len(batch) != 2:
        raise ValueError(f"batch: expected images or a pair (images, labels), got {len(batch)} things")
    images, labels = batch if isinstance(batch, (tuple, list)) else (batch, None)
    if not isinstance(images, torch.Tensor) or not images.is_floating_point():
        given = f"{type(images).__name__} of {getattr(images, 'dtype', 'no dtype')}"
        raise TypeError(f"batch: expected images in a tensor of floats, got {given}")
    if images.ndim != 4 or 0 in images.shape:
        raise ValueError(f"batch: expected images of shape (N, C, H, W), got {tuple(images.shape)}")
    if labels is not None and not isinstance(labels, torch.Tensor):
        raise TypeError(f"batch: expected labels in a tensor, got {type(labels).__name__}")
    if labels is not None and labels.shape[:1] != images.shape[:1]:
        raise ValueError(f"batch: expected one label for each of {len(images)} images, got shape {tuple(labels.shape)}")
    device = next((p.device for p in model.parameters()), images.device)
    if images.device != device:
        raise ValueError(f"batch: expected on the model's device {device}, got {images.device}")
    return images, labels


def _geometry(look, found):
    bad = int((~torch.isfinite(look.grid)).any(-1).sum())
    if bad:
        words = f"{bad} of {look.grid[..., 0].numel()} points are NaN or infinite: theta has diverged"
        return {"finite": Finding(bad, f"{words}, and nothing else can be measured", True)}
    outside, drift = found["outside"].mean().item(), found["drift"].mean().item()
    largest, smallest = found["singular_values"].mean(0).tolist()
    mirrored, stride = found["mirrored"].mean().item(), found["stride"].mean().item()
    apart = f"neighbouring samples lie up to {stride:.2g} pixels apart (mean of the images)"
    if stride > FAR:
        apart += ": pixels in between are left out, so blur or pool first, or lower the scale"
    elif smallest < 0.05:
        apart += ": the whole output is read from a line or a point"
    if found["bend"] > 0.01:
        apart += f" (of the nearest affine map: the grid is bent by {found['bend']:.2g} pixels)"
    odd, swapped = stride > FAR or smallest < 0.05, ": are x and y swapped?" if mirrored else ""
    return {
        "finite": Finding(0, "all points are finite"),
        "outside": Finding(outside, f"{_percent(outside)} of the samples lie outside the picture", outside > 0.25),
        "singular values": Finding((largest, smallest), f"{largest:.2f} and {smallest:.2f} on average; {apart}", odd),
        "mirrored": Finding(mirrored, f"{_percent(mirrored)} of the maps mirror the picture{swapped}", mirrored > 0),
        "drift": Finding(drift, f"a point lies {drift:.1f} pixels from the identity's; " + _spread(found)),
    }


def _spread(found):
    apart = found["drift"].std(correction=0).item()
    same = (found["theta"] - found["theta"][:1]).abs().max() < 1e-6
    return "the same for every image" if same else f"between images that varies by {apart:.1f}"


def _percent(share):
    """A share in words; only none is "0%", and only all is "100%"."""
    if 0 < share < 0.01 or 0.99 < share < 1:
        return "less than 1%" if share < 0.5 else "more than 99%"
    return f"{100 * share:.0f}%"


def _reading(look):
    ground, step = background(look)
    if look.padding_mode == "zeros":
        words = f"the pictures' edges show {ground:.2g} and the padding reads 0: "
        frame = f"a frame of {_percent(step)} of the contrast; sample first, normalise what was read"
        words += "no frame" if step <= FRAME else frame
    else:
        words = f"the pictures' edges show {ground:.2g}, and padding_mode={look.padding_mode!r} continues it"
    made = look.made_with
    if made is None:
        unknown = "the grid is not from affine_grid, so check that it was made with the same value"
        convention = Finding(None, f"grid_sample reads with align_corners={look.align_corners}; {unknown}")
    else:
        fits, wrong = made == look.align_corners, ": the identity does not return the picture"
        verdict = f"affine_grid has align_corners={made}, grid_sample {look.align_corners}" + ("" if fits else wrong)
        convention = Finding(fits, verdict, not fits)
    return {"background": Finding(step, words, step > FRAME), "align_corners": convention}


def background(look) -> tuple[float, float]:
    """The value of the outermost pixels, and its difference from the padding's value, as a share of the contrast.

    The first is the median of each picture's outermost pixels, averaged; the second its mean distance from the
    padding's 0, as a share of each picture's contrast, and 0 for a padding that continues the picture.
    """
    image = look.image.double()
    ring = torch.cat([image[:, :, 0], image[:, :, -1], image[:, :, :, 0], image[:, :, :, -1]], dim=2)
    median = ring.median(dim=2).values
    contrast = image.amax((2, 3)) - image.amin((2, 3))
    shown = contrast > 0
    step = (median.abs() / contrast)[shown].mean().item() if look.padding_mode == "zeros" and shown.any() else 0.0
    return median.mean().item(), step


def _learning(looks, total, parameters):
    """Whether the loss depends on the sampled output, and gradient norms by part."""
    if total is None or not parameters:
        why = "the batch has no labels" if total is None else "no parameter of the model is trained"
        return {"gradients": Finding(None, f"not measured: {why}")}
    if not all(torch.isfinite(look.grid).all() for look in looks):  # torch 2.13's backward may crash
        why = "with NaN in a grid, grid_sample's backward can crash the process"
        return {"gradients": Finding(None, f"not measured: {why}", True)}
    fed = [look.live_out.requires_grad and _gradients(total, [look.live_out])[0] is not None for look in looks]
    reached = [_gradients(look.live_grid.sum(), parameters) for look in looks if look.live_grid.requires_grad]
    moving = [any(reach[k] is not None for reach in reached) for k in range(len(parameters))]
    gradients = [torch.zeros(()) if g is None else g.double().norm().cpu() for g in _gradients(total, parameters)]
    norms = {"localisation": _norm(gradients, moving), "rest": _norm(gradients, [not one for one in moving])}
    return {"fed": _fed(fed, any(look.live_out.requires_grad for look in looks)), "gradients": _norms(norms, moving)}


def _norm(norms, chosen):
    return math.hypot(*(norm.item() for norm, one in zip(norms, chosen) if one))


def _gradients(number, tensors):
    if not number.requires_grad:
        return [None] * len(tensors)
    return torch.autograd.grad(number, tensors, allow_unused=True, retain_graph=True)


def _fed(fed, trained):
    if all(fed):
        return Finding(True, "the loss depends on what was sampled")
    why = "the classifier reads something else" if trained else "nothing that is trained decides what is sampled"
    return Finding(False, f"the loss does not depend on what was sampled: {why}", True)


def _norms(norms, moving):
    if not any(moving):
        return Finding(norms, "no trained parameter affects the grid: theta is detached or fixed", True)
    here, there = norms["localisation"], norms["rest"]
    words = f"{here:.2g} in what the grid depends on, {there:.2g} in the rest"
    return Finding(norms, words + (": the transformer learns nothing" if here == 0 else ""), here == 0)
