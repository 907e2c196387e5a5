"""The paper's results for distorted digits."""

# Test error in %, the mean of three seeds. Source: Jaderberg et al. 2015, Table 1, for TC the text; A.4 for the seeds.
_ERRORS = {
    ("fcn", None): dict(R=2.1, RTS=5.2, P=3.1, E=3.2, TC=13.2),
    ("cnn", None): dict(R=1.2, RTS=0.8, P=1.5, E=1.4, TC=3.5),
    ("st-fcn", "affine"): dict(R=1.2, RTS=0.8, P=1.5, E=2.7, TC=2.0),
    ("st-fcn", "projective"): dict(R=1.3, RTS=0.9, P=1.4, E=2.6),
    ("st-fcn", "tps"): dict(R=1.1, RTS=0.8, P=1.4, E=2.4),
    ("st-cnn", "affine"): dict(R=0.7, RTS=0.5, P=0.8, E=1.2, TC=1.7),
    ("st-cnn", "projective"): dict(R=0.8, RTS=0.6, P=0.8, E=1.3),
    ("st-cnn", "tps"): dict(R=0.7, RTS=0.5, P=0.8, E=1.1),
}


def error_in_paper(model, distortion, transform):
    """The paper's test ``error``, a share; None if it has no such cell. P2 is another reading of its P."""
    distortion = distortion.removesuffix("2")
    errors = _ERRORS.get((model, transform if model.startswith("st-") else None), {})
    return dict(error=errors[distortion] / 100) if distortion in errors else None
