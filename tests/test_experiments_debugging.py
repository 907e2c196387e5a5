"""Chapter 14's patients: trained alike, started where they should, and measured."""

import math

import pytest
import torch
from series import record_of

from book.experiments.debugging import clinic, patients
from stn_numpy.pytorch.watch import measure_grid, watch


@pytest.mark.parametrize("name", patients.PATIENTS)
def test_every_patient_trains_the_same_way_twice(name):
    course = [patients.train_patient(name, 2, seed=1, every=1)[1] for _ in range(2)]
    assert course[0] == course[1]
    assert len(course[0]["loss"]) == 2 and len(course[0]["outside"]) == 3


def test_a_clipped_course_is_another():
    """Adam's first step has no size of the gradient in it; from the second on a clipped course is another."""
    courses = [patients.train_patient("healthy", 3, every=1, clip=clip)[1]["loss"] for clip in (math.inf, 1e9, 1e-2)]
    assert courses[0] == courses[1] != courses[2]


def test_the_identity_is_where_patients_start_that_should():
    images, _ = patients.training_batch(torch.Generator().manual_seed(0), 2)
    assert images.shape == (2, 1, 42, 42)
    start = measure_grid(watch(patients.Healthy(), images)[0][0])
    assert start["drift"].max() < 1e-4
    assert measure_grid(watch(patients.PixelCoordinates(), images)[0][0])["outside"].min() > 0.99


@pytest.mark.parametrize("name, outside", [("healthy", 0), ("normalised first", 0), ("pixel coordinates", 1)])
def test_a_cell(tmp_path, name, outside):
    result = record_of(clinic.EXPERIMENT, tmp_path, ["seed=0", f"patient={name}"], "steps=2").result
    assert 0 <= result["error"] <= 1 and {"outside", "larger", "smaller"} <= result.keys()
    assert abs(result["life"]["outside"] - outside) < 0.1 and len(result["life"]["silent"]) == 3
