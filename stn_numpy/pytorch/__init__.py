"""The same networks in PyTorch: the same names, the same weights, the same gradients; for all of MNIST and a GPU."""

from .diagnose import diagnose
from .distortions import distort
from .families import TRANSFORMS, Transform, as_transform, tps_transform
from .localisation import LocalisationNetwork
from .model import Classifier
from .networks import build
from .transformer import SpatialTransformer
from .turned_copies import TurnedCopies
from .weights import architecture, from_numpy, load, save, to_numpy
