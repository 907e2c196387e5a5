"""Explorables: interactive figures, in a notebook and in the book's pages, without a kernel or a network.

``show("theta")`` in a cell puts one on the page. Its HTML contains the script, its data, and a still picture for print
and for readers without scripts.
"""

import base64
import html
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from . import contents

HERE = Path(__file__).parent
SHARED = ("maths", "families", "network", "toolkit")
FILES = {"turning": "growing"}  # one script replays both

PAGE = """<figure class="stnx" data-explorable="{name}" role="group" aria-label="{title}">
<figcaption><p class="stnx-title">{title}</p><p class="stnx-try">{text}</p></figcaption>
<div class="stnx-live"></div>
<div class="stnx-still"><img alt="{alt}" src="data:image/png;base64,{still}">
<p>A still picture: with scripts, it is interactive.</p></div>
<script type="application/json" class="stnx-data">{data}</script>
</figure>
<style data-stnx>{style}</style>
<script data-stnx>{shared}</script>
<script data-stnx>{own}</script>
<script>stnExplore.mountAll();</script>
"""


@dataclass(frozen=True)
class Explorable:
    """An explorable, one of ``NAMES``, which a cell shows as self-contained HTML."""

    name: str
    title: str
    text: str  # what to try
    alt: str  # the still picture in words
    data: dict  # the script's, ready for JSON
    still: bytes  # a PNG

    def _repr_html_(self) -> str:
        words = {key: html.escape(getattr(self, key)) for key in ("name", "title", "text", "alt")}
        data = json.dumps(self.data, separators=(",", ":")).replace("</", "<\\/")
        still = base64.b64encode(self.still).decode()
        own = script(self.name)
        return PAGE.format(**words, data=data, still=still, style=style(), shared=script(*SHARED), own=own)


def show(name: str, results: dict | None = None) -> Explorable:
    """The explorable of this name, one of ``NAMES``, which appears below the cell whose last line it is.

    `results` is for three of them, and required there. For "growing": by the names of a classifier and a transform
    ("linear affine"), the snapshots of a recorded run by its number of steps. For "turning": the ``history`` of a run,
    as chapter 13 records it, the angle in degrees ``before`` it, and the ``digits`` whose thetas it has:
    ``labels``, and ``pictures`` from 0 to 255. For "draw": ``test_canvases``, how many; and for "plain" and
    "transformer", the ``test_error`` of a trained network and its ``weights``, float32 in base64.
    """
    from . import stills

    if name not in contents.ALL:
        raise ValueError(f"name: expected one of {', '.join(NAMES)}, got {name!r}")
    entry = contents.ALL[name]
    if entry.needs_results != (results is not None):
        expected = "the results of a run" if entry.needs_results else "none"
        raise ValueError(f"results: expected {expected} for {name!r}, got {type(results).__name__}")
    data = entry.data(results) if entry.needs_results else entry.data()
    return Explorable(name, entry.title, entry.text, entry.alt, packed(data), stills.draw_still(name, data))


NAMES = tuple(contents.ALL)


def packed(value: object) -> object:
    """Pictures (H, W) from 0 to 1 as bytes in base64, 255 for ink; everything else as it is."""
    if isinstance(value, dict):
        return {key: packed(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [packed(entry) for entry in value]
    if isinstance(value, np.ndarray):
        ink = np.rint(np.clip(value, 0, 1) * 255).astype(np.uint8)
        return dict(height=ink.shape[0], width=ink.shape[1], bytes=base64.b64encode(ink.tobytes()).decode())
    return value


@cache
def script(*names: str) -> str:
    """The scripts of these names: those of ``SHARED`` and of ``NAMES``."""
    files = dict.fromkeys(FILES.get(name, name) for name in names)
    return "\n".join((HERE / f"{file}.js").read_text("utf8") for file in files)


@cache
def style() -> str:
    """The style sheet of all explorables."""
    return (HERE / "style.css").read_text("utf8")
