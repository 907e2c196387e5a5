"""The spelling of the book, the library and the tests, by codespell."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
READ = ["README.md", "CONTRIBUTING.md", "Makefile", "_config.yml", "_toc.yml", "book", "stn_numpy", "tests"]


def test_words_are_spelt_right():
    pytest.importorskip("codespell_lib")
    done = subprocess.run([sys.executable, "-m", "codespell_lib", *READ], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
