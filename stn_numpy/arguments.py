"""From a dataclass of settings to a command line, and back."""

import argparse
import math
from dataclasses import MISSING, field, fields
from typing import Any, get_args


def option(default=MISSING, help="", choices=None, least=None, most=None, metavar=None):
    """A dataclass field that a command line can set; without a default, every command line must name it.

    `help` explains the field; the command line adds the default. `choices` are the words that the field may have,
    `least` and `most` the bounds of a number, `metavar` the placeholder for the value in the help.
    """
    return field(default=default, metadata=dict(help=help, choices=choices, least=least, most=most, metavar=metavar))


def add_arguments(parser, settings: type, only=None, omit=(), **defaults) -> None:
    """Add an argument for each field of a dataclass that `option` made: for those in `only`, if any, and not in `omit`.

    `defaults` are the command's own, by field, where they differ from the dataclass's; a new one becomes a choice.
    """
    for one in fields(settings):
        if "help" in one.metadata and one.name not in omit and (only is None or one.name in only):
            parser.add_argument(f"--{one.name.replace('_', '-')}", **_details(one, defaults.get(one.name, one.default)))


def _details(one, default):
    found = {name: one.metadata[name] for name in ("help", "metavar", "choices") if one.metadata[name]}
    if default is MISSING:
        return found | dict(required=True)
    kind = next((kind for kind in get_args(one.type) if kind is not type(None)), one.type)
    if kind is bool:
        return found | dict(action="store_true")
    if kind in (int, float):
        least, most = one.metadata["least"], one.metadata["most"]
        found |= dict(type=(whole if kind is int else real)(least, most), metavar="N" if kind is int else "X")
    if "choices" in found and default is not None and default not in found["choices"]:
        found["choices"] = (default, *found["choices"])
    return found | dict(default=default, help=found["help"] + " (default: %(default)s)" * (default is not None))


def from_arguments(settings: type, args: argparse.Namespace, **changes) -> Any:
    """The dataclass that parsed arguments describe, with some fields changed."""
    found = {one.name: getattr(args, one.name) for one in fields(settings) if hasattr(args, one.name)}
    return settings(**found | changes)


def whole(least, most=None):
    """A type for argparse: a whole number within bounds."""
    return _number(int, "a whole number", least, most)


def real(least, most=None):
    """A type for argparse: a finite number within bounds."""
    return _number(float, "a number", least, most)


def _number(kind, words, least, most):
    def number(text):
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not least <= value <= (math.inf if most is None else most) or value == math.inf:
            bounds = f"{least} or more" if most is None else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f"expected {words}, {bounds}, got {text!r}")
        return value

    return number
