"""Wrong answers to `training_step`, and the calls that tell them apart."""

import numpy as np

from book.by_hand import (
    cross_entropy,
    cross_entropy_backward,
    network,
    network_backward,
    sgd_step,
    training_step,
    transform,
    transform_backward,
)
from tests.judge import Case, Exercise

SHAPES = (2, 100), (2,), (6, 2), (6,), (3, 400), (3,), (4, 3), (4,)


def drawn(seed, dtype="float64", batch=3):
    """Eight weights, canvases and right classes: two and three hidden units, four classes."""
    rng = np.random.default_rng(seed)
    scales = 0.1, 0.1, 0.3, 0.1, 0.1, 0.1, 0.7, 0.1
    weights = [rng.normal(0, scale, shape) for scale, shape in zip(scales, SHAPES)]
    weights[3] += [0.8, 0.2, 0.1, -0.2, 0.7, 0.05]
    weights[1], weights[5] = np.abs(weights[1]) + 0.5, np.abs(weights[5]) + 0.5
    image = rng.normal(0, 1, (batch, 1, 40, 40)).astype(dtype)
    return tuple(weight.astype(dtype) for weight in weights), image, np.array([3, 0, 1])[:batch]


def flat(classes, **filled):
    """Weights of zeros, one hidden unit each, but for some, such as ``at7=[1, 2]``."""
    shapes = (1, 100), (1,), (6, 1), (6,), (1, 400), (1,), (classes, 1), (classes,)
    return tuple(np.array(filled.get(f"at{k}", np.zeros(shape)), float) for k, shape in enumerate(shapes))


WHITE = np.ones((1, 1, 40, 40))

EXERCISE = Exercise(
    name="training_step",
    answer="book.by_hand",
    gives=(*(f"weights[{k}]" for k in range(8)), "loss"),
    cases=[
        Case(
            "all weights are 0, two classes: both probabilities are 1/2, and only the last bias has a gradient",
            flat(2),
            WHITE,
            np.array([0]),
            1.0,
            0.5,
            expected=(*flat(2, at7=[0.5, -0.5]), np.log(2)),
        ),
        Case(
            "one hidden unit of the classifier is 1, by its bias; the right class is the second",
            flat(2, at5=[1]),
            WHITE,
            np.array([1]),
            0.5,
            0.0,
            expected=(*flat(2, at5=[1], at6=[[-0.25], [0.25]], at7=[-0.25, 0.25]), np.log(2)),
        ),
        Case("random weights, the localisation network at a tenth of the rate", *drawn(0), 0.5, 0.05),
        Case("random weights, the localisation network held still", *drawn(1), 0.5, 0.0),
        Case("random weights, the classifier at the lower rate", *drawn(2), 0.01, 0.2),
        Case("random weights, float32", *drawn(3, "float32"), 0.5, 0.05),
    ],
)


def stepped(
    weights, image, target, rates, gradients=lambda d_localisation, d_classifier: (d_localisation, d_classifier)
):
    """The step with other rates, or other gradients."""
    localisation, classifier = weights[:4], weights[4:]
    seen, grid, theta = transform(image, localisation)
    row = seen.reshape(len(seen), -1)
    logits = network(row, classifier)
    d_row, d_classifier = network_backward(cross_entropy_backward(1.0, logits, target), row, classifier)
    d_localisation = transform_backward(d_row.reshape(seen.shape), image, grid, theta, localisation)
    moved = [
        sgd_step([dict(params=params, grads=grads)], rate)
        for params, grads, rate in zip((localisation, classifier), gradients(d_localisation, d_classifier), rates)
    ]
    return (*moved[0], *moved[1]), cross_entropy(logits, target)


@EXERCISE.wrong(
    "The rates are exchanged",
    "your function exchanges the rates; `own_lr` is the localisation network's learning rate and `lr` the "
    "classifier's.",
    "sec-training-hand",
)
def rates_exchanged(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, own_lr, lr)


@EXERCISE.wrong(
    "One rate for all",
    "your function moves all weights at `lr`; the localisation network has a rate of its own, `own_lr`, in its group.",
    "sec-training-hand",
)
def one_rate(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr, lr)


@EXERCISE.wrong(
    "The localisation network's rate for all",
    "your function moves all weights at `own_lr`; that is the localisation network's rate, and the classifier should "
    "move at `lr`.",
    "sec-training-hand",
)
def own_rate_for_all(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, own_lr, own_lr)


@EXERCISE.wrong(
    "The two rates are multiplied",
    "your function moves the localisation network at `lr * own_lr`; its rate should be `own_lr`.",
    "sec-training-hand",
)
def rates_multiplied(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr, lr * own_lr)


@EXERCISE.wrong(
    "The localisation network does not move",
    "your function moves the classifier alone; the gradient goes on through the transformer into the localisation "
    "network, whose four arrays should move at `own_lr`.",
    "sec-training-chain",
)
def classifier_alone(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr, 0.0)


@EXERCISE.wrong(
    "The classifier does not move",
    "your function moves the localisation network alone; the classifier's four arrays should move at `lr`.",
    "sec-training-hand",
)
def localisation_alone(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, 0.0, own_lr)


@EXERCISE.wrong(
    "The step goes uphill",
    "your function moves the weights along the gradient, so the loss grows; a step goes against the gradient, and "
    "`sgd_step` already has the minus.",
    "sec-training-hand",
)
def ascent(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, -lr, -own_lr)


@EXERCISE.wrong(
    "The loss after the step",
    "your loss is that of the new weights, from a second forward pass; return the loss of the scores from which the "
    "step was computed.",
    "sec-training-hand",
)
def loss_after(weights, image, target, lr, own_lr):
    moved, _ = training_step(weights, image, target, lr, own_lr)
    return moved, training_step(moved, image, target, lr, own_lr)[1]


@EXERCISE.wrong(
    "The backward pass starts with the loss",
    "your backward pass starts with the loss, which scales every gradient by it; it should start with 1, the "
    "derivative of the loss with respect to itself.",
    "sec-layers-chain",
)
def begins_with_loss(weights, image, target, lr, own_lr):
    loss = training_step(weights, image, target, lr, own_lr)[1]
    return training_step(weights, image, target, lr * float(loss), own_lr * float(loss))


@EXERCISE.wrong(
    "The mean over the batch is taken twice",
    "your function divides by the number of pictures once more; `cross_entropy_backward` has already done so.",
    "sec-layers-loss",
)
def divided_twice(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr / len(image), own_lr / len(image))


@EXERCISE.wrong(
    "The sum over the batch",
    "your gradients are those of the sum over the batch; `cross_entropy_backward(1.0, ...)` divides by the number of "
    "pictures, as the loss does.",
    "sec-layers-loss",
)
def not_divided(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr * len(image), own_lr * len(image))


@EXERCISE.wrong(
    "The classifier moves before the backward pass ends",
    "your gradient passes through the classifier after its step; both gradients should be computed with the weights "
    "that were passed in.",
    "sec-training-hand",
)
def moved_too_early(weights, image, target, lr, own_lr):
    localisation, classifier = weights[:4], weights[4:]
    seen, grid, theta = transform(image, localisation)
    row = seen.reshape(len(seen), -1)
    logits = network(row, classifier)
    d_logits = cross_entropy_backward(1.0, logits, target)
    moved = sgd_step([dict(params=classifier, grads=network_backward(d_logits, row, classifier)[1])], lr)
    d_row = network_backward(d_logits, row, moved)[0]
    d_localisation = transform_backward(d_row.reshape(seen.shape), image, grid, theta, localisation)
    return (*sgd_step([dict(params=localisation, grads=d_localisation)], own_lr), *moved), cross_entropy(logits, target)


@EXERCISE.wrong(
    "The classifier's weights come first",
    "your function returns the classifier's weights first; return the eight arrays in the order of `weights`, the "
    "localisation network's four first.",
    "sec-training-hand",
)
def classifier_first(weights, image, target, lr, own_lr):
    moved, loss = training_step(weights, image, target, lr, own_lr)
    return (*moved[4:], *moved[:4]), loss


@EXERCISE.wrong(
    "Nine results without brackets",
    "your function returns nine results in a row; return two, the tuple of eight arrays and the loss.",
    "sec-training-hand",
)
def nine(weights, image, target, lr, own_lr):
    moved, loss = training_step(weights, image, target, lr, own_lr)
    return *moved, loss


@EXERCISE.wrong(
    "The loss is not returned",
    "your function does not return the loss; return it after the weights, since it shows whether the network learns.",
    "sec-training-hand",
)
def without_loss(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr, own_lr)[0]


@EXERCISE.wrong(
    "The loss comes first",
    "your function returns the loss first; the new weights come first and the loss second.",
    "sec-training-hand",
)
def loss_first(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr, own_lr)[::-1]


@EXERCISE.wrong(
    "The gradients instead of the weights",
    "your function returns the gradients; return the weights after the step, the old ones minus the rate times the "
    "gradient.",
    "sec-training-hand",
)
def gradients_alone(weights, image, target, lr, own_lr):
    moved, loss = training_step(weights, image, target, 1.0, 1.0)
    return tuple(old - new for old, new in zip(weights, moved)), loss


@EXERCISE.wrong(
    "Nothing moves", "your function returns the weights unchanged; return them after the step.", "sec-training-hand"
)
def unmoved(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, 0.0, 0.0)


@EXERCISE.wrong(
    "The weights are split the other way round",
    "your function gives each network the other's weights, whose shapes do not fit; the first four arrays are "
    "the localisation network's and the last four the classifier's.",
    "sec-training-hand",
)
def cut_the_other_way(weights, image, target, lr, own_lr):
    return transform(image, weights[4:])


@EXERCISE.right_too
def weight_by_weight(weights, image, target, lr, own_lr):
    seen, grid, theta = transform(image, weights[:4])
    row = seen.reshape(len(seen), 400)
    logits = network(row, weights[4:])
    d_row, d_classifier = network_backward(cross_entropy_backward(1.0, logits, target), row, weights[4:])
    d_localisation = transform_backward(d_row.reshape(-1, 1, 20, 20), image, grid, theta, weights[:4])
    rates = [own_lr] * 4 + [lr] * 4
    moved = [
        weight - rate * gradient for weight, rate, gradient in zip(weights, rates, (*d_localisation, *d_classifier))
    ]
    return [moved, cross_entropy(logits, target)]


@EXERCISE.right_too
def group_by_group(weights, image, target, lr, own_lr):
    return stepped(weights, image, target, (own_lr, lr))
