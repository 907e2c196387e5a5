"""Every family of transformations, in NumPy, compiled and in torch: what holds for one holds for all."""

import copy
import io
import multiprocessing
import operator
import pickle

import numpy as np
import pytest
import torch
from support import assert_refused, normal
from tolerances import FINITE_DIFFERENCES, assert_agrees
from twins import Says

import stn_numpy
from stn_numpy import fast, projective, pytorch, tps
from stn_numpy.families import TRANSFORMS, Transform, tps_transform
from stn_numpy.gradcheck import gradcheck
from stn_numpy.pytorch.projective import projective_grid
from stn_numpy.pytorch.tps import tps_grid
from stn_numpy.sampler import grid_sample, grid_sample_backward

SIZE = (4, 2, 5, 7)


def torch_gradient(forward, array, d_out):
    """What torch computes, and its gradient for the array."""
    leaf = torch.tensor(array, requires_grad=True)
    out = forward(leaf)
    out.backward(torch.tensor(d_out))
    return out.detach().numpy(), leaf.grad.numpy()


def test_the_same_names_and_starts():
    assert list(pytorch.TRANSFORMS) == list(TRANSFORMS)
    for name, family in TRANSFORMS.items():
        assert family.name == pytorch.TRANSFORMS[name].name == name
        assert pytorch.TRANSFORMS[name].identity == family.identity


@pytest.mark.parametrize("name", TRANSFORMS)
def test_backward_is_the_finite_difference(name, align_corners):
    """`grid_backward` is that of `grid`, parameter by parameter."""
    family = TRANSFORMS[name]
    parameters = np.array([family.identity] * 2) + 0.1 * normal(0, (2, len(family.identity)))
    [error] = gradcheck(
        lambda p: family.grid(p, (2, 1, 4, 3), align_corners),
        lambda d_grid, p: family.grid_backward(d_grid, p, align_corners),
        [parameters],
    )
    assert error < FINITE_DIFFERENCES


@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_same_grid_and_gradient(name, dtype, align_corners):
    ours, theirs = TRANSFORMS[name], pytorch.TRANSFORMS[name]
    parameters = (ours.identity + 0.3 * normal(0, (4, len(ours.identity)))).astype(dtype)
    d_grid = normal(1, (4, 5, 7, 2), dtype)
    grid, d_parameters = torch_gradient(lambda p: theirs.grid(p, SIZE, align_corners), parameters, d_grid)
    assert_agrees(grid, ours.grid(parameters, SIZE, align_corners))
    assert_agrees(theirs.forward(torch.tensor(parameters)).numpy(), ours.forward(parameters))
    assert_agrees(d_parameters, ours.grid_backward(d_grid, parameters, align_corners), unit=50)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_start_does_nothing(name, dtype, align_corners):
    family = pytorch.TRANSFORMS[name]
    grid = family.grid(torch.tensor([family.identity] * 4, dtype=getattr(torch, dtype)), SIZE, align_corners)
    assert_agrees(
        grid.numpy(), TRANSFORMS["affine"].grid(np.array([[1, 0, 0, 0, 1, 0]] * 4, dtype), SIZE, align_corners)
    )


@pytest.mark.parametrize("scale", [1, 5, 20])
def test_the_same_exponential_of_large_numbers(scale, dtype):
    parameters = (scale * normal(0, (6, 6)) / 2).astype(dtype)
    for one in parameters:
        found = pytorch.TRANSFORMS["affine-exp"].forward(torch.tensor(one[None])).numpy()
        assert_agrees(found, TRANSFORMS["affine-exp"].forward(one[None]))


@pytest.mark.parametrize("row", [[2, 0, 1], [1, 0, 1], [-2, 0.5, -1], [1, 0, 0], [0, 0, 0]], ids=str)
def test_the_same_horizon(row, dtype):
    theta = np.array([[[1, 0.1, 0.07], [0.2, 1, 0.31], row]], dtype)
    d_grid = normal(1, (1, 7, 9, 2), dtype)
    grid, d_theta = torch_gradient(lambda theta: projective_grid(theta, (1, 1, 7, 9), True), theta, d_grid)
    expected = projective.projective_grid(theta, (1, 1, 7, 9), align_corners=True)
    far = np.abs(expected) == projective.FAR
    np.testing.assert_array_equal(grid[far], expected[far])
    assert_agrees(grid[~far], expected[~far])
    assert_agrees(d_theta, projective.projective_grid_backward(d_grid, theta, align_corners=True))
    assert far.any() and np.isfinite(d_theta).all()


@pytest.mark.parametrize("kind", ["regular", "scattered", "coincident"])
def test_the_same_spline_with_points_of_ones_own(kind, dtype, align_corners):
    points = {
        "regular": tps.control_points((3, 5)),
        "scattered": normal(3, (6, 2)),
        "coincident": np.concatenate([tps.control_points(3), np.zeros((1, 2))]),
    }[kind]
    moved, d_grid = normal(0, (4, len(points), 2), dtype), normal(1, (4, 5, 7, 2), dtype)
    grid, d_moved = torch_gradient(lambda d: tps_grid(d, SIZE, align_corners, points), moved, d_grid)
    assert_agrees(grid, tps.tps_grid(moved, SIZE, align_corners, points), unit=10)
    assert_agrees(d_moved, tps.tps_grid_backward(d_grid, moved, align_corners, points), unit=50)


def test_the_same_family_of_any_control_shape(dtype):
    ours, theirs = tps_transform((2, 3)), pytorch.families.tps_transform((2, 3))
    assert ours.identity == theirs.identity
    parameters = normal(0, (4, 12), dtype)
    assert_agrees(theirs.grid(torch.tensor(parameters), SIZE).numpy(), ours.grid(parameters, SIZE))


@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_same_reading(name, align_corners):
    """Through the sampler: images and parameters."""
    transformer = pytorch.SpatialTransformer(torch.nn.Identity(), name, (5, 7), align_corners=align_corners)
    identity = TRANSFORMS[name].identity
    parameters = identity + 0.1 * normal(0, (2, len(identity)))
    images, d_out = normal(1, (2, 3, 8, 6)), normal(2, (2, 3, 5, 7))
    out, d_parameters = torch_gradient(lambda p: transformer.sample(torch.tensor(images), p), parameters, d_out)
    grid = TRANSFORMS[name].grid(parameters, d_out.shape, align_corners)
    assert_agrees(out, grid_sample(images, grid, align_corners=align_corners))
    _, d_grid = grid_sample_backward(d_out, images, grid, align_corners=align_corners)
    assert_agrees(d_parameters, TRANSFORMS[name].grid_backward(d_grid, parameters, align_corners), unit=200)


@pytest.mark.parametrize(
    "name, says",
    [
        ("translation", [2 * 2 / 8, 2 * 1 / 4]),
        ("projective", [1, 0, 2 * 2 / 8, 0, 1, 2 * 1 / 4, 0, 0]),
        ("tps", [2 * 2 / 8, 2 * 1 / 4] * 16),
        ("affine-exp", [0, 0, 2 * 2 / 8, 0, 0, 2 * 1 / 4]),
    ],
)
def test_the_first_shift_is_along_the_columns(name, says):
    """Two of 8 columns to the right and one of 4 rows down is where it looks."""
    images = normal(0, (1, 3, 4, 8))
    out = stn_numpy.SpatialTransformer(Says(says), name)(images)
    assert_agrees(out[:, :, :3, :6], images[:, :, 1:, 2:])
    assert np.abs(out[:, :, 3]).max() < 1e-12 and np.abs(out[..., 6:]).max() < 1e-12


def network(library, transform, dtype="float32"):
    """A small classifier, none of whose weights is zero, of images that are transformed each in its own way."""
    family = library.TRANSFORMS[transform] if isinstance(transform, str) else transform
    dtype = getattr(torch, dtype) if library is pytorch else dtype
    localisation = library.LocalisationNetwork((1, 9, 8), family.identity, channels=(2,), hidden=(), rng=0, dtype=dtype)
    with torch.no_grad():
        weight = localisation.final.weight if library is pytorch else localisation.final.weight.data
        weight[:] = (torch.tensor if library is pytorch else np.array)(0.02 * normal(0, tuple(weight.shape)))
    transformer = library.SpatialTransformer(localisation, transform, size=7)
    return library.Classifier((1, 9, 8), "linear", 3, transformer, rng=0, dtype=dtype)


IMAGES = normal(1, (3, 1, 9, 8), "float32")


def output(model):
    """Logits of `IMAGES`, as an array."""
    with torch.no_grad():
        return model(torch.tensor(IMAGES)).numpy() if isinstance(model, torch.nn.Module) else model(IMAGES)


def by_torch(model):
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


COPIES = {"pickle": lambda model: pickle.loads(pickle.dumps(model)), "deepcopy": copy.deepcopy, "torch.save": by_torch}
KINDS = {
    "numpy": lambda name: network(stn_numpy, name),
    "torch": lambda name: network(pytorch, name),
    "compiled": lambda name: fast.compiled(network(stn_numpy, name)),
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", TRANSFORMS)
def test_networks_and_families_can_be_copied(name, kind, way):
    """Before a forward and after one, and a copy is as good as the original to the converters."""
    model = KINDS[kind](name)
    fresh, expected = COPIES[way](model), output(model)
    used = COPIES[way](model)
    for twin in (fresh, used):
        np.testing.assert_array_equal(output(twin), expected)
        parameters = twin.parameters()
        assert not {id(p) for p in parameters} & {id(p) for p in model.parameters()}
    convert = pytorch.to_numpy if kind == "torch" else pytorch.from_numpy
    assert_agrees(output(convert(used)), expected, unit=10)
    registry = pytorch.TRANSFORMS if kind == "torch" else TRANSFORMS
    assert COPIES[way](registry[name]).identity == registry[name].identity


@pytest.mark.slow
def test_everything_goes_to_another_process():
    """One that is spawned, so that nothing is there but what was sent."""
    models = [KINDS[kind](name) for kind in KINDS for name in TRANSFORMS]
    expected = [output(model) for model in models]
    calls = [
        (model.requires_grad_(False), torch.tensor(IMAGES)) if isinstance(model, torch.nn.Module) else (model, IMAGES)
        for model in models
    ]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for found, here in zip(pool.starmap(operator.call, calls), expected, strict=True):
            assert_agrees(np.asarray(found), here, unit=10)


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.filterwarnings("ignore")  # of what is deprecated, and of sizes that become constants
@pytest.mark.slow
def test_torch_traces_exports_and_compiles_it(name):
    """As one graph, and for batches of another size than the example's."""
    module, images = network(pytorch, name), torch.tensor(IMAGES)
    torch._dynamo.reset()  # which else counts the families before as recompilations
    exported = torch.export.export(module, (images,), dynamic_shapes=({0: torch.export.Dim("batch")},)).module()
    for made in (torch.jit.trace(module, (images,)), exported, torch.compile(module, backend="eager", fullgraph=True)):
        torch.testing.assert_close(made(images), module(images))
        torch.testing.assert_close(made(images[:2]), module(images[:2]))


@pytest.mark.parametrize("library", [stn_numpy, pytorch], ids=["numpy", "torch"])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transformer_takes_the_family_itself(name, library):
    family = library.TRANSFORMS[name]
    np.testing.assert_array_equal(output(network(library, family)), output(network(library, name)))


@pytest.mark.parametrize("library, other", [(stn_numpy, pytorch), (pytorch, stn_numpy)], ids=["numpy", "torch"])
def test_no_family_is_refused(library, other):
    """By its name, or shortly: the other library's Transform is none of this one's."""
    assert_refused(
        lambda: network(library, "affine") and library.SpatialTransformer(None, "shear"),
        "transform",
        "'affine'",
        "'shear'",
    )
    assert_refused(
        lambda: library.SpatialTransformer(None, other.TRANSFORMS["affine"]),
        "transform",
        "'affine'",
        "Transform(name='affine'",
    )
    assert len(repr(library.TRANSFORMS["tps"])) < 220


def test_a_family_that_both_libraries_do_not_have_is_not_converted():
    """Neither one of another name, nor one of a known name that does something else."""
    for transform in (
        tps_transform((2, 3)),
        tps_transform((4, 4), "plate"),
        Transform("rotation", *[TRANSFORMS["translation"].forward] * 2, (0.0, 0.0)),
    ):
        layer = stn_numpy.SpatialTransformer(Says([0.0]), transform)
        assert_refused(lambda layer=layer: pytorch.from_numpy(layer), "layer", "a family of TRANSFORMS", transform.name)
    module = pytorch.SpatialTransformer(torch.nn.Flatten(), pytorch.families.tps_transform((2, 3)))
    assert_refused(lambda: pytorch.to_numpy(module), "module", "a family of TRANSFORMS", "tps")
