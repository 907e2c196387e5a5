"""Chapter 17: the errors of each arm and the headings that remain, after about the same processor time: two budgets."""

import functools
import time
from dataclasses import asdict, fields, replace

import numpy as np
import torch

from book.experiments.aerial.arms import BATCH, CLIP, RATES, SIZE, Arm, Trainer, build, turned_within
from book.experiments.aerial.congealed import congealed, directions, measure_congealed
from book.experiments.aerial.measures import differences, heading_errors, roses
from book.experiments.engine import NO_SERIES, Experiment
from stn_numpy.aerial.tiles import KINDS, aerial_tiles
from stn_numpy.pytorch.grid import quick_affine_grid
from stn_numpy.pytorch.life import signs_of_life
from stn_numpy.pytorch.tiles import centred, mean_colour
from stn_numpy.pytorch.turned_copies import TurnedCopies, turned_thetas
from stn_numpy.pytorch.weights import save
from stn_numpy.theta import rotation_angle

TRAIN, HELD_OUT, TEST, GALLERY = 4000, 500, 2000, 240  # tiles
SEEDS = dict(train=11, held_out=12, test=13, gallery=14)  # of the tiles, the same for every arm and every seed
LIMITED = 15  # seed of the headings of test tiles that lie within a limit
LOOKS = dict(arms=8, short=2)  # number of measurements along a run of the long and of the short budget
JITTER = 15.0  # degrees around the heading that turned copies predicted for a tile, for the CNN after them

COPIES = dict(reads="turned copies", turns=16, steps=3_000, size=28)
# What cannot pool a thing over all its headings gives a transformer a reason to turn it, so it is fully connected.
TURN = dict(steps=26_000, size=32, parameters=80_000, classifier="fcn", rate=5e-4)
ARMS = {  # steps of the long budget, such that the arms take about the same time; the most telling ones first
    "copies-entropy": Arm(entropy=0.1, **COPIES),
    "copies": Arm(**COPIES),
    "cnn": Arm("cnn", steps=17_000),
    "rotation-90": Arm("rotation", limit=90.0, **TURN),
    "rotation-180": Arm("rotation", **TURN),
    "rotation-90-sgd": Arm("rotation", limit=90.0, **TURN | dict(optimizer="sgd", rate=0.02)),
    "rotation-90-cnn": Arm("rotation", limit=90.0, **TURN | dict(classifier="cnn", steps=11_000)),
    "copies-entropy-plain": Arm(plain=True, **COPIES | dict(entropy=0.1, steps=3_300)),
    "copies-plain": Arm(plain=True, **COPIES | dict(steps=3_300)),
    "cnn-plain": Arm("cnn", plain=True, steps=16_000),
    "copies-told-8": Arm(told=8, **COPIES),
    "copies-then-cnn": Arm(**COPIES | dict(entropy=0.1, steps=10_000, aligned_after=1_500)),
    "copies-agreement": Arm(entropy=0.1, agreement=1.0, **COPIES),
    "copies-hard": Arm(hard=True, **COPIES | dict(steps=3_900)),
    "copies-8": Arm(**COPIES | dict(turns=8, steps=6_000)),
    "log-polar": Arm("log-polar", 9_000),
    "log-polar-slow": Arm("log-polar", 9_000, localisation_rate=0.25),
    "affine-90": Arm("affine", limit=90.0, **TURN),
    "affine-180": Arm("affine", **TURN),
    "similarity-90": Arm("similarity", limit=90.0, **TURN),
    "similarity-180": Arm("similarity", **TURN),
    "rotation-45": Arm("rotation", limit=45.0, **TURN),
    "similarity-45": Arm("similarity", limit=45.0, **TURN),
    "affine-45": Arm("affine", limit=45.0, **TURN),
    "frozen": Arm("rotation", localisation_rate=0.0, **TURN),
    "votes-told-all": Arm("rotation", 11_000, votes=True, told=4000, size=32, parameters=80_000),
    "copies-told-all": Arm(told=4000, **COPIES),
    "copies-told-100": Arm(told=100, **COPIES),
    "copies-told-10": Arm(told=10, **COPIES),
    "copies-told-1": Arm(told=1, **COPIES),
    "copies-1000": Arm(tiles=1000, **COPIES),
    "cnn-1000": Arm("cnn", steps=17_000, tiles=1000),
    "copies-400": Arm(tiles=400, **COPIES),
    "cnn-400": Arm("cnn", steps=17_000, tiles=400),
    "copies-100": Arm(tiles=100, **COPIES),
    "cnn-100": Arm("cnn", steps=17_000, tiles=100),
    "copies-44": Arm(**COPIES | dict(steps=1_100, size=44)),
}
SEEDS_OF_RUNS, SHORTER = 3, 4  # runs of an arm; the short budget has this fraction of the steps
LONG = {"copies-entropy": 3, "cnn": 3, "copies-entropy-plain": 3, "copies-plain": 1, "cnn-plain": 1, "rotation-90": 1}
LONG |= {"rotation-180": 1, "rotation-90-sgd": 1, "log-polar-slow": 3}  # runs of the long budget


@functools.lru_cache(maxsize=4)
def tiles_of(part, count):
    """Tiles of one part, as tensors: images from 0 to 1, kinds and true thetas; and their poses."""
    images, pose = aerial_tiles(count, SEEDS[part], SIZE)
    return torch.from_numpy(images), torch.from_numpy(pose.kind), torch.from_numpy(pose.theta).float(), pose


def tiles_within(part, count, limit):
    """Tiles of a part that no network was trained on, with headings within the limit: images, kinds, headings."""
    images, kinds, theta, pose = tiles_of(part, count)
    if limit == 180:
        return images, kinds, pose.heading
    images, theta = turned_within(images, theta, torch.Generator().manual_seed(LIMITED), limit, zoom=0.0)
    return images, kinds, np.degrees(rotation_angle(theta.double().numpy()))


class Aligned(torch.nn.Module):
    """A trained classifier, after trained turned copies that align its tiles."""

    def __init__(self, copies, classifier):
        super().__init__()
        self.copies, self.classifier = copies, classifier

    @property
    def transformer(self):
        """That of the turned copies."""
        return self.copies.transformer

    def forward(self, image):
        return self.classifier(aligned(image, self.transformer.theta(image)))

    def parameter_count(self):
        """The number of learned numbers of both."""
        return self.copies.parameter_count() + self.classifier.parameter_count()


def aligned(images, theta):
    """Images read by their thetas, at their own size."""
    grid = quick_affine_grid(theta, images.shape)
    return torch.nn.functional.grid_sample(images, grid, align_corners=False)


@torch.no_grad()
def in_parts(function, images):
    """The results of a function for many images, 100 at a time."""
    return torch.cat([function(part) for part in images.split(100)])


def train_arm(arm, seed, context=NO_SERIES, looks=LOOKS["arms"]):
    """Train one arm; return the network, the tiles' mean colour, the losses, and the measurements along the run."""
    images, labels, theta, _ = tiles_of("train", TRAIN)
    facts = dict(mean=mean_colour(images))
    tiles = tuple(part[: arm.tiles] for part in (centred(images, facts), labels, theta))
    network, held_out, history, losses, taken = (
        build(arm, seed),
        tiles_within("held_out", HELD_OUT, arm.limit),
        [],
        [],
        0,
    )
    look_at, first = centred(held_out[0], facts), arm.aligned_after or arm.steps
    trainer = Trainer(arm, network, tiles, seed, first)
    for step in context.steps(arm.steps):
        start = time.process_time()
        if step == first:
            network, trainer = _then_cnn(arm, network.eval(), tiles, seed)
        losses.append(trainer())
        taken += time.process_time() - start
        if (step + 1) % (arm.steps // looks) == 0:
            found = measure(network.eval(), look_at, *held_out[1:])
            history.append(dict(step=step + 1, seconds=round(taken, 1), **_in_short(found)))
            network.train()
    every = max(1, arm.steps // 60)
    curve = np.mean(np.reshape(losses[: len(losses) // every * every], (-1, every)), axis=1)
    return network.eval(), facts, dict(curve=np.round(curve, 4).tolist(), history=history, seconds_training=taken)


def _then_cnn(arm, copies, tiles, seed):
    """A CNN trained after turned copies, on tiles turned upright by the headings that these predicted."""
    kept = in_parts(copies.transformer.theta, tiles[0])
    cnn = build(Arm("cnn", arm.steps), seed)
    after = Arm("cnn", arm.steps - arm.aligned_after, limit=JITTER)
    return Aligned(copies, cnn), Trainer(after, cnn, (*tiles[:2], kept), seed)


def _in_short(found):
    heading = found.get("heading", {})
    return dict(error=found["error"]) | {name: heading[name] for name in ("median", "within") if name in heading}


def measure(network, images, kinds, heading):
    """The error on centred tiles, and the remaining headings after the transformer, if there is one."""
    wrong = in_parts(network, images).argmax(1) != kinds
    by_kind = [round(float(wrong[kinds == k].float().mean()), 4) for k in range(len(KINDS))]
    found = dict(error=round(float(wrong.float().mean()), 4), error_by_kind=by_kind)
    transformer = getattr(network, "transformer", None)
    if transformer is None or transformer.family == "log-polar":
        return found
    theta = in_parts(transformer.theta, images).double().numpy()
    left, kinds = heading - np.degrees(rotation_angle(theta)), kinds.numpy()
    return found | dict(heading=heading_errors(left, kinds), rose=roses(left, kinds))


def averaged_error(network, images, kinds, turns=16):
    """The error of a classifier whose probabilities are averaged over `turns` turns of each tile."""
    total = 0
    for theta in turned_thetas(turns):
        turned = in_parts(lambda part, theta=theta: aligned(part, theta.expand(len(part), -1, -1)), images)
        total = total + in_parts(network, turned).softmax(1)
    return round(float((total.argmax(1) != kinds).float().mean()), 4)


def winning_shares(network, images, heading, kinds):
    """The largest share: its mean, and headings within 30 degrees by thirds of it, the least certain first."""
    shares = in_parts(network.shares, images)
    angle = np.degrees(shares.argmax(1).numpy() * (2 * np.pi / network.turns))
    means = np.array(heading_errors(heading - angle, kinds)["means"])
    off = abs(differences(heading - angle, means[kinds]))
    nosed, largest = kinds != KINDS.index("ferry"), shares.max(1).values.numpy()
    thirds = np.digitize(largest, np.quantile(largest[nosed], [1 / 3, 2 / 3]))
    within = [round(float((off[nosed & (thirds == k)] < 30).mean()), 4) for k in range(3)]
    return dict(mean=round(float(largest.mean()), 3), within_by_third=within)


def describe_data():
    """The tiles, and the headings that they have before any transformer, within each limit."""
    before = {}
    for limit in (45.0, 90.0, 180.0):
        _, kinds, heading = tiles_within("test", TEST, limit)
        before[f"{limit:g}"] = heading_errors(heading, kinds.numpy())
    tiles = dict(size=SIZE, train=TRAIN, test=TEST, seeds=SEEDS)
    return dict(kinds=KINDS, tiles=tiles, batch=BATCH, rates=RATES, clip=CLIP, heading_before=before)


def measure_cell(cell, context):
    """Train and measure one arm for one seed, or describe the data."""
    if cell["part"] == "data":
        return describe_data()
    arm = Arm(**{field.name: cell[field.name] for field in fields(Arm)})
    network, facts, found = train_arm(arm, cell["seed"], context, LOOKS[cell["part"]])
    save(context.folder / f"{cell['name']}-seed{cell['seed']}.pt", network, arm=asdict(arm), **facts)
    images, kinds, heading = tiles_within("test", TEST, arm.limit)
    images = centred(images, facts)
    found |= dict(parameters=sum(part.numel() for part in network.parameters()))
    found |= dict(test=measure(network, images, kinds, heading))
    if arm.reads == "cnn":
        found |= dict(averaged=averaged_error(network, images, kinds))
    if isinstance(network, TurnedCopies):
        found |= dict(shares=winning_shares(network, images, heading, kinds.numpy()))
    if getattr(network, "transformer", None) is not None:
        found |= dict(life=signs_of_life(network, images, batch=100))
        if arm.limit == 180 and cell["seed"] == 0 and cell["part"] == "arms":
            gallery = in_parts(network.transformer.theta, centred(tiles_of("gallery", GALLERY)[0], facts))
            found |= dict(gallery=torch.round(1000 * gallery.flatten(1)).int().tolist())
    if arm.limit == 180 and (arm.reads == "cnn" or isinstance(network, TurnedCopies)) and not arm.aligned_after:
        found |= dict(congealed=headings_congealed(network, facts, cell, images, kinds, heading))
    return found


def headings_congealed(network, facts, cell, images, kinds, heading):
    """The headings that remain after congealing, which finds them without a change of the network."""
    train, of_train = (part[: cell["tiles"]] for part in tiles_of("train", TRAIN)[:2])
    copies, seconds = congealed(network, centred(train, facts), of_train)
    found = measure_congealed(copies, images, kinds.numpy(), heading) | dict(seconds=round(seconds, 1))
    if cell["seed"] == 0 and cell["part"] == "arms":
        angle, _ = directions(copies, centred(tiles_of("gallery", GALLERY)[0], facts))
        found |= dict(gallery=np.round(angle, 3).tolist())
    return found


def shorter(arm):
    """An arm of the short budget."""
    return replace(arm, steps=arm.steps // SHORTER, aligned_after=arm.aligned_after // SHORTER)


def _cell(part, name, arm, seed):
    return dict(part=part, name=name, **asdict(arm), seed=seed)


CELLS = [dict(part="data")] + [_cell("arms", name, ARMS[name], seed) for name in LONG for seed in range(LONG[name])]
CELLS += [_cell("short", name, shorter(arm), seed) for seed in range(SEEDS_OF_RUNS) for name, arm in ARMS.items()]
EXPERIMENT = Experiment("headings", 17, CELLS, measure_cell)
