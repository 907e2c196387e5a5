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
    "own_lr is the localisation network's learning rate and lr the classifier's; yours has them the other way round.",
    "sec-training-hand",
)
def rates_exchanged(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, own_lr, lr)


@EXERCISE.wrong(
    "One rate for all",
    "the localisation network has a rate of its own, own_lr, in its group; yours moves all weights at lr.",
    "sec-training-hand",
)
def one_rate(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr, lr)


@EXERCISE.wrong(
    "The localisation network's rate for all",
    "the classifier moves at lr, and own_lr is the localisation network's alone; yours moves all weights at own_lr.",
    "sec-training-hand",
)
def own_rate_for_all(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, own_lr, own_lr)


@EXERCISE.wrong(
    "The two rates are multiplied",
    "own_lr is the localisation network's rate and no factor to lr; yours multiplies the two.",
    "sec-training-hand",
)
def rates_multiplied(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr, lr * own_lr)


@EXERCISE.wrong(
    "The localisation network does not move",
    "all eight arrays move; the gradient goes on through the transformer into the localisation network, whose four "
    "weights move at own_lr.",
    "sec-training-chain",
)
def classifier_alone(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr, 0.0)


@EXERCISE.wrong(
    "The classifier does not move",
    "all eight arrays move, the classifier's four at lr; yours moves the localisation network alone.",
    "sec-training-hand",
)
def localisation_alone(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, 0.0, own_lr)


@EXERCISE.wrong(
    "Up the slope",
    "a step goes against the gradient, and `sgd_step` has the minus already; yours goes with the gradient, and the "
    "loss grows.",
    "sec-training-hand",
)
def ascent(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, -lr, -own_lr)


@EXERCISE.wrong(
    "The loss after the step",
    "the loss is that of the scores from which the step was made; yours goes forward once more with the new weights.",
    "sec-training-hand",
)
def loss_after(weights, image, target, lr, own_lr):
    moved, _ = training_step(weights, image, target, lr, own_lr)
    return moved, training_step(moved, image, target, lr, own_lr)[1]


@EXERCISE.wrong(
    "The loss for 1 on the way back",
    "the way back begins with 1, the slope of the loss for itself; yours begins with the loss and scales every "
    "gradient by it.",
    "sec-layers-chain",
)
def begins_with_loss(weights, image, target, lr, own_lr):
    loss = training_step(weights, image, target, lr, own_lr)[1]
    return training_step(weights, image, target, lr * float(loss), own_lr * float(loss))


@EXERCISE.wrong(
    "The mean over the batch is taken twice",
    "cross_entropy_backward divides by the number of pictures already; yours divides once more.",
    "sec-layers-loss",
)
def divided_twice(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr / len(image), own_lr / len(image))


@EXERCISE.wrong(
    "The sum over the batch",
    "cross_entropy_backward(1.0, ...) divides by the number of pictures, as the loss does; yours has the sum's "
    "gradient.",
    "sec-layers-loss",
)
def not_divided(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr * len(image), own_lr * len(image))


@EXERCISE.wrong(
    "The classifier moves before the way back is done",
    "both gradients are those of the weights that came in; yours goes on into the transformer through the classifier "
    "that has moved already.",
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
    "the eight arrays come back in the order in which they came in, the localisation network's four first.",
    "sec-training-hand",
)
def classifier_first(weights, image, target, lr, own_lr):
    moved, loss = training_step(weights, image, target, lr, own_lr)
    return (*moved[4:], *moved[:4]), loss


@EXERCISE.wrong(
    "Nine things without brackets",
    "two things come back, the tuple of eight arrays and the loss; yours returns nine in a row.",
    "sec-training-hand",
)
def nine(weights, image, target, lr, own_lr):
    moved, loss = training_step(weights, image, target, lr, own_lr)
    return *moved, loss


@EXERCISE.wrong(
    "The loss is not returned",
    "the loss of the batch is returned after the weights, so that one can see whether it falls.",
    "sec-training-hand",
)
def without_loss(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr, own_lr)[0]


@EXERCISE.wrong(
    "The loss comes first",
    "the new weights come first and the loss second; yours has them the other way round.",
    "sec-training-hand",
)
def loss_first(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, lr, own_lr)[::-1]


@EXERCISE.wrong(
    "The gradients for the weights",
    "the weights after the step are asked for, old less rate times gradient; yours are the gradients themselves.",
    "sec-training-hand",
)
def gradients_alone(weights, image, target, lr, own_lr):
    moved, loss = training_step(weights, image, target, 1.0, 1.0)
    return tuple(old - new for old, new in zip(weights, moved)), loss


@EXERCISE.wrong(
    "Nothing moves", "the weights after the step are asked for; yours come back as they came in.", "sec-training-hand"
)
def unmoved(weights, image, target, lr, own_lr):
    return training_step(weights, image, target, 0.0, 0.0)


@EXERCISE.wrong(
    "The weights are cut the other way round",
    "the first four arrays are the localisation network's and the last four the classifier's; yours gives each network "
    "the other's, whose shapes do not fit.",
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
