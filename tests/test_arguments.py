"""A dataclass as a command line: what it takes, what it refuses, and what comes back."""

import argparse
from dataclasses import dataclass

import pytest

from stn_numpy.arguments import add_arguments, from_arguments, option
from stn_numpy.pytorch.settings import Settings


@dataclass(frozen=True)
class Soup:
    kind: str = option(choices=("leek", "pea"), help="of what")
    spoons: int = option(3, least=1, most=9, help="how many")
    salt: float = option(0.5, least=0, help="grams")
    hot: bool = option(False, help="or else cold")
    note: str | None = option(None, metavar="WORDS", help="for the cook")
    hidden: int = 7


def parsed(*arguments, **options):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    add_arguments(parser, Soup, **options)
    return parser.parse_args(arguments)


def test_what_is_given_comes_back():
    assert from_arguments(Soup, parsed("--kind", "pea")) == Soup("pea")
    args = parsed("--kind", "leek", "--spoons", "9", "--salt", "2.5", "--hot", "--note", "thick")
    assert from_arguments(Soup, args) == Soup("leek", 9, 2.5, True, "thick")
    assert from_arguments(Soup, args, salt=1.0, hidden=8) == Soup("leek", 9, 1.0, True, "thick", 8)


def test_a_command_s_own_defaults_and_fields():
    assert parsed("--kind", "any", kind="any").kind == "any" == parsed(kind="any").kind
    assert vars(parsed(only=("salt", "hot"))) == dict(salt=0.5, hot=False)
    assert from_arguments(Soup, parsed("--kind", "pea", omit=("salt",))).salt == 0.5


@pytest.mark.parametrize(
    "arguments, said",
    [
        ([], "--kind"),
        (["--kind", "fish"], "invalid choice: 'fish'"),
        (["--kind", "pea", "--spoons", "10"], "expected a whole number, from 1 to 9, got '10'"),
        (["--kind", "pea", "--spoons", "2.5"], "expected a whole number, from 1 to 9, got '2.5'"),
        (["--kind", "pea", "--salt", "-1"], "expected a number, 0 or more, got '-1'"),
        (["--kind", "pea", "--salt", "inf"], "expected a number, 0 or more, got 'inf'"),
        (["--kind", "pea", "--salt", "nan"], "expected a number, 0 or more, got 'nan'"),
        (["--kind", "pea", "--hidden", "8"], "--hidden"),
    ],
)
def test_what_is_refused(arguments, said, capsys):
    with pytest.raises(SystemExit):
        parsed(*arguments)
    assert said in capsys.readouterr().err


def test_help_has_meanings_bounds_and_defaults(capsys):
    with pytest.raises(SystemExit):
        parsed("--help")
    said = " ".join(capsys.readouterr().out.split())
    for words in ("of what", "how many (default: 3)", "--spoons N", "--salt X", "--note WORDS for the cook"):
        assert words in said
    assert "hidden" not in said


def test_every_setting_of_a_run_has_help():
    assert all(field.metadata["help"] for field in Settings.__dataclass_fields__.values())
