"""Classifiers in torch, alone or after a transformer."""

import torch
from torch import nn

from .. import model
from ..localisation import check_image_shape
from .layer import layer_from_numpy, numpy_dtype


class Classifier(nn.Module):
    """Predict the class of an image. As in `stn_numpy.Classifier`, arguments and first weights included."""

    def __init__(self, image_shape, kind="cnn", classes=10, transformer=None, dtype=torch.float32, **options):
        super().__init__()
        if transformer is not None and transformer.size is not None:
            image_shape = (check_image_shape(image_shape)[0], *transformer.size)
        start = model.Classifier(image_shape, kind, classes, dtype=numpy_dtype(dtype), **options)
        self.transformer = transformer
        self.network = nn.Sequential(*map(layer_from_numpy, start.network.layers))

    @classmethod
    def of(cls, network: nn.Module, transformer: nn.Module | None = None) -> "Classifier":
        """A classifier of your own layers: any network, and a transformer, if any, whose output it reads."""
        classifier = cls.__new__(cls)
        nn.Module.__init__(classifier)
        classifier.transformer, classifier.network = transformer, network
        return classifier

    def forward(self, image):
        return self.network(image if self.transformer is None else self.transformer(image))

    def parameter_count(self) -> int:
        """The number of learned numbers."""
        return sum(parameter.numel() for parameter in self.parameters())
