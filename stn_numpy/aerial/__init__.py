"""Synthetic aerial tiles: things seen from above, at any heading and scale, on varied ground."""

from .tiles import GROUNDS, KINDS, SYMMETRIC, AerialPose, aerial_tiles
