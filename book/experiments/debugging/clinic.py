"""The patients of chapter 14, each trained for some seeds."""

import numpy as np

from book.experiments.debugging.patients import PATIENTS, test_set, train_patient
from book.experiments.engine import Experiment
from book.experiments.networks import Watched
from stn_numpy.pytorch.life import signs_of_life

CELLS = [dict(patient=name, steps=1000, seed=seed) for seed in range(5) for name in PATIENTS]


def measure_patient(cell, context):
    """Train one; keep the end of its course, and the loss in means of fifty steps."""
    model, course = train_patient(cell["patient"], cell["steps"], cell["seed"], context=context)
    loss = np.array(course["loss"])[: cell["steps"] // 50 * 50].reshape(-1, 50).mean(axis=1)
    images, _, pose = test_set()
    life = signs_of_life(Watched(model, model.localisation), images, pose)
    last = {name: round(course[name][-1], 4) for name in ("outside", "larger", "smaller")}
    return dict(error=round(course["error"], 4), loss=np.round(loss, 4), life=life, **last)


EXPERIMENT = Experiment("clinic", 14, CELLS, measure_patient)
