"""From a few numbers to theta, and from theta back to words."""

import numpy as np
import pytest
import torch
from hypothesis import given
from support import IDENTITY, assert_refused, assert_same_as_torch, counts, normal, seeds, thetas
from tolerances import FINITE_DIFFERENCES, assert_agrees

from stn_numpy.gradcheck import gradcheck

LENGTHS = {"translation": 2, "rotation": 1, "attention": 3, "similarity": 4, "affine": 6}
ELSEWHERE = {"affine-exp", "projective", "tps"}  # families with a file of their own, here and there


@pytest.fixture(scope="session", params=LENGTHS)
def kind(request):
    """Each family of transformations in turn."""
    return request.param


def maps(implementation, kind):
    return getattr(implementation, f"{kind}_theta"), getattr(implementation, f"{kind}_theta_backward")


def by_definition(kind, p):
    """The definition of each family once more, in torch, which differentiates it."""
    zero, one = torch.zeros_like(p[:, 0]), torch.ones_like(p[:, 0])
    rows = {
        "translation": lambda x, y: [one, zero, x, zero, one, y],
        "rotation": lambda a: [torch.cos(a), -torch.sin(a), zero, torch.sin(a), torch.cos(a), zero],
        "attention": lambda s, x, y: [s, zero, x, zero, s, y],
        "similarity": lambda a, b, x, y: [a, -b, x, b, a, y],
        "affine": lambda *six: list(six),
    }[kind](*p.T)
    return torch.stack(rows, dim=1).reshape(-1, 2, 3)


@given(count=counts, seed=seeds)
def test_same_as_torch(implementation, dtype, kind, count, seed):
    forward, backward = maps(implementation, kind)
    parameters = normal(seed, (count, LENGTHS[kind]), dtype)
    assert_same_as_torch(forward, backward, lambda p: by_definition(kind, p), [parameters], unit=5)


@given(count=counts, seed=seeds)
def test_backward_is_the_finite_difference(implementation, kind, count, seed):
    forward, backward = maps(implementation, kind)
    [error] = gradcheck(forward, backward, [normal(seed, (count, LENGTHS[kind]))])
    assert error < FINITE_DIFFERENCES


def test_identity_is_exact(implementation, dtype, kind):
    transform = implementation.TRANSFORMS[kind]
    parameters = np.array([transform.identity] * 3, dtype)
    assert parameters.shape == (3, LENGTHS[kind])
    theta = transform.forward(parameters)
    assert theta.dtype == dtype
    np.testing.assert_array_equal(theta, thetas(IDENTITY, 3, dtype))


def test_transforms_holds_the_functions(implementation, kind):
    transform = implementation.TRANSFORMS[kind]
    assert (transform.forward, transform.backward) == maps(implementation, kind)
    assert set(implementation.TRANSFORMS) == set(LENGTHS) | ELSEWHERE
    with pytest.raises(AttributeError):
        transform.identity = ()


def transformed(implementation, kind, parameters, image, align_corners):
    theta = maps(implementation, kind)[0](np.array([parameters], "float64"))
    return implementation.affine_sample(image, theta, image.shape, align_corners=align_corners)


@pytest.mark.parametrize("turns", [-2, -1, 1, 2, 3])
def test_a_positive_angle_turns_counter_clockwise(implementation, align_corners, turns):
    image = normal(0, (1, 2, 5, 5))
    out = transformed(implementation, "rotation", [turns * np.pi / 2], image, align_corners)
    assert_agrees(out, np.rot90(image, turns, axes=(2, 3)))
    same = [np.cos(turns * np.pi / 2), np.sin(turns * np.pi / 2), 0, 0]
    out = transformed(implementation, "similarity", same, image, align_corners)
    assert_agrees(out, np.rot90(image, turns, axes=(2, 3)))


def test_a_small_positive_angle_lifts_the_right_side(implementation):
    """Counter-clockwise, a bright pixel right of the centre moves up: its row gets smaller."""
    image = np.zeros((1, 1, 21, 21))
    image[0, 0, 10, 18] = 1
    out = transformed(implementation, "rotation", [np.pi / 6], image, True)[0, 0]
    row, column = np.unravel_index(out.argmax(), out.shape)
    assert (row, column) == (10 - 4, 10 + 7)  # 8 sin 30 degrees = 4 up, 8 cos 30 degrees = 6.9 across


def test_attention_below_one_zooms_in(implementation):
    """Half the scale looks at the middle half, so the middle fills the output; twice the scale shrinks the picture."""
    image = np.zeros((1, 1, 8, 8))
    image[0, 0, 2:6, 2:6] = 1
    inside = transformed(implementation, "attention", [0.5, 0, 0], image, False)[0, 0]
    assert_agrees(inside[1:-1, 1:-1], np.ones((6, 6)))
    assert inside.min() >= 0.5  # the outermost pixels look a quarter of a pixel past the edge of the middle
    shrunk = transformed(implementation, "attention", [2, 0, 0], image, False)[0, 0]
    assert_agrees(shrunk[3:5, 3:5], np.ones((2, 2)))
    assert shrunk.sum() == pytest.approx(4)


def test_attention_looks_where_it_is_shifted(implementation):
    """Scale 1/2, shift (1/2, -1/2): the top right quarter of the image fills the output, size for size."""
    image = normal(0, (1, 1, 8, 8))
    theta = implementation.attention_theta(np.array([[0.5, 0.5, -0.5]]))
    out = implementation.affine_sample(image, theta, (1, 1, 4, 4), align_corners=False)
    assert_agrees(out, image[:, :, :4, 4:])


def test_translation_moves_the_picture_the_other_way(implementation):
    """Theta moves the points: a quarter of a unit, one of 8 columns, to the right moves the picture a pixel left."""
    image = normal(0, (1, 1, 8, 8))
    out = transformed(implementation, "translation", [0.25, -0.5], image, False)
    assert_agrees(out[:, :, 2:, :-1], image[:, :, :-2, 1:])


def compose(angle, scale_x, scale_y, shear, shift_x, shift_y):
    """The definition that read_theta inverts: R(angle) @ [[scale_x, shear * scale_y], [0, scale_y]], and the shift."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ [[scale_x, shear * scale_y], [0, scale_y]]
    return np.concatenate([linear, [[shift_x], [shift_y]]], axis=1)[None]


NAMES = ("angle", "scale_x", "scale_y", "shear", "shift_x", "shift_y")

POSES = {
    "identity": (0, 1, 1, 0, 0, 0),
    "turned": (0.7, 1, 1, 0, 0, 0),
    "turned the other way": (-2.5, 1, 1, 0, 0, 0),
    "upside down": (np.pi, 1, 1, 0, 0, 0),
    "nearly upside down": (-np.pi + 1e-6, 1, 1, 0, 0, 0),
    "mirrored, top to bottom": (0, 1, -1, 0, 0, 0),
    "mirrored, left to right": (np.pi, 1, -1, 0, 0, 0),
    "everything": (1.2, 0.5, 2, 0.3, 0.1, -0.2),
    "everything, mirrored": (-1.2, 3, -0.7, -0.3, 5, 6),
}


@pytest.mark.parametrize("pose", POSES)
def test_read_theta_inverts_the_composition(implementation, dtype, pose):
    theta = compose(*POSES[pose]).astype(dtype)
    read = implementation.read_theta(theta)
    assert set(read) == set(NAMES)
    for name, expected in zip(NAMES, POSES[pose], strict=True):
        assert read[name].shape == (1,) and read[name].dtype == dtype
        difference = read[name] - expected
        if name == "angle":
            difference = (difference + np.pi) % (2 * np.pi) - np.pi
        assert_agrees(difference, np.zeros(1, dtype), unit=5)


@given(count=counts, seed=seeds)
def test_what_was_read_composes_to_the_same_theta(implementation, count, seed):
    theta = normal(seed, (count, 2, 3))
    read = implementation.read_theta(theta)
    assert np.all(read["scale_x"] >= 0)
    again = np.concatenate([compose(*(read[name][k] for name in NAMES)) for k in range(count)])
    assert_agrees(again, theta, unit=5)


def test_a_flip_is_read_as_a_negative_scale(implementation):
    """The mirror image left to right is a half turn of the one top to bottom: only one scale is ever negative."""
    read = implementation.read_theta(thetas([[-1, 0, 0], [0, 1, 0]]))
    assert read["scale_x"] == 1 and read["scale_y"] == -1 and abs(abs(read["angle"][0]) - np.pi) < 1e-12


def test_a_collapsed_theta_is_read_without_an_error(implementation):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        read = implementation.read_theta(np.zeros((1, 2, 3)))
    assert read["scale_x"] == 0 and read["scale_y"] == 0


@pytest.mark.parametrize("angle", [-3.0, -np.pi / 2, 0.0, 1e-3, 1.0, np.pi / 2, 3.1])
def test_rotation_angle_of_a_rotation(implementation, angle):
    theta = implementation.rotation_theta(np.array([[angle]]))
    assert_agrees(implementation.rotation_angle(theta), np.array([angle]))
    assert_agrees(implementation.rotation_angle(3 * theta), np.array([angle]))


@given(seed=seeds)
def test_rotation_angle_is_the_nearest_rotation(implementation, seed):
    """No other angle brings a rotation matrix closer to theta, in the sum of squares."""
    theta = normal(seed, (1, 2, 3))
    [best] = implementation.rotation_angle(theta)
    angles = np.append(np.linspace(-np.pi, np.pi, 721), best)
    turns = np.stack([np.cos(angles), -np.sin(angles), np.sin(angles), np.cos(angles)], axis=1).reshape(-1, 2, 2)
    distances = ((turns - theta[0, :, :2]) ** 2).sum(axis=(1, 2))
    assert distances[-1] <= distances.min() + 1e-12


def test_bad_parameters_are_refused(implementation, kind):
    forward, backward = maps(implementation, kind)
    length = LENGTHS[kind]
    for bad, expected, came in [
        (np.ones((4, length + 1)), str(length), str((4, length + 1))),
        (np.ones(length), "(N, ", str((length,))),
        (np.ones((4, length), int), "float32 or float64", "int64"),
        ([[1.0] * length], "array", "list"),
        (np.ones((0, length)), "", str((0, length))),
    ]:
        assert_refused(lambda bad=bad: forward(bad), "parameters", expected, came)
        assert_refused(lambda bad=bad: backward(np.ones((4, 2, 3)), bad), "parameters", expected, came)


def test_bad_gradients_are_refused(implementation, kind):
    _, backward = maps(implementation, kind)
    parameters = np.ones((4, LENGTHS[kind]))
    assert_refused(lambda: backward(np.ones((4, 3, 2)), parameters), "d_theta", "2, 3)", "(4, 3, 2)")
    assert_refused(lambda: backward(np.ones((3, 2, 3)), parameters), "d_theta", "4", "(3, 2, 3)")
    assert_refused(lambda: backward(np.ones((4, 2, 3), "float32"), parameters), "d_theta", "float64", "float32")


@pytest.mark.parametrize("reader", ["read_theta", "rotation_angle"])
def test_a_bad_theta_is_refused(implementation, reader):
    read = getattr(implementation, reader)
    assert_refused(lambda: read(np.ones((2, 3))), "theta", "2, 3)", "(2, 3)")
    assert_refused(lambda: read(np.ones((4, 3, 2))), "theta", "2, 3)", "(4, 3, 2)")
    assert_refused(lambda: read(np.ones((4, 2, 3), int)), "theta", "float32 or float64", "int64")
    assert_refused(lambda: read([IDENTITY]), "theta", "array", "list")
