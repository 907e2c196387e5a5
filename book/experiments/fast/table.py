"""The printed table, 100 columns wide."""

import textwrap

WIDTH = 100
PEERS = ("torch", "NumPy", "OpenCV", "SciPy", "skimage")
TITLES = {"warp": "affine warp", "pool": "max-pool, ReLU", "step": "training step"}  # of a row's `what`
NUMBERS = {1: "one thread", 2: "two threads"}


def head(machine, versions):
    """The text above the rows."""
    packages = ", ".join(f"{name} {version}" for name, version in versions.items())
    lines = [
        f"{machine['cpu']}, {machine['usable_cores']} of {machine['cores']} cores. {packages}.",
        "float32; the warp bilinear, zeros. Columns: our median in ms; spread, the distance between its quartiles "
        "as a share of it; copy, the speed at which we move the bytes that must move, as a share of the speed of a "
        "plain copy of images of this shape; then the others' times as multiples of ours, from medians of "
        "alternating calls (below 1 they are faster).",
    ]
    return "\n".join(_wrap(line) for line in lines)


def block_head(threads):
    """The two lines above the rows of one number of threads."""
    title = NUMBERS.get(threads, f"{threads} threads")
    columns = "".join(f"{name:>8}" for name in PEERS)
    return f"\n{title:39}{'ours ms':>8}{'spread':>7}{'copy':>6}{columns}\n{'-' * WIDTH}"


def line(row):
    """One row; a star marks one during which other processes ran."""
    ours = row["sides"]["ours"]
    spread = (ours["quartiles_ms"][1] - ours["quartiles_ms"][0]) / ours["median_ms"]
    peers = "".join(f"{times_as_long(row, name):>8}" for name in PEERS)
    what = f"{TITLES[row['what']]:15} {','.join(map(str, row['shape'])):14}{row['direction']:9}"
    mark = "*" if row["busy"] else " "
    share = f"{row['share_of_copy_speed']:.0%}"
    return f"{what}{mark}{_digits(ours['median_ms']):>7}{spread:>7.0%}{share:>6}{peers}".rstrip()


def times_as_long(row, name):
    """A side's time as a multiple of ours, or nothing where it has no such operation."""
    ratio = row["ours_over"].get(name)
    return "" if ratio is None else _digits(1 / ratio)


def foot(quiet, missing, conventions):
    """The text below the rows."""
    lines = [f"{name}: {text}" for name, text in conventions.items()] + missing + [quiet["says"]]
    return "\n" + "\n".join(_wrap(line) for line in lines)


def _digits(number):
    """At most three significant digits."""
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def _wrap(text):
    return textwrap.fill(text, WIDTH, subsequent_indent="  ")
