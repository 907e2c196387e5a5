"""Scripts and style sheets without comments, indentation and long local names."""

import itertools
import re
import string
from collections import Counter

GAP = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
TOKEN = re.compile(r"""
    "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | [\w$]+ | \.\.\. | \?\. | => | .""", re.VERBOSE | re.DOTALL)
EXPRESSION = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")      # a regular expression
TEMPLATE = re.compile(r"[`}](?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{)", re.DOTALL)        # up to an expression or the end
NAME = re.compile(r"[A-Za-z_$][\w$]*")
WORD = re.compile(r"[\w$]")
OWN = re.compile(r"\b(?:const|let|function)\s+([\w$]+)|\(([\w$,\s]+)\)\s*=>|\bfunction\s*[\w$]*\(([\w$,\s]+)\)")
RESERVED = {"do", "if", "in", "of", "as", "is"}


def lean_script(text: str) -> str:
    """A script with the same statements, the least space between its tokens, and shorter names: those that the file
    declares and that are nowhere a key or a property. The last entry of a list needs no comma."""
    tokens = _tokens(text)
    short = _short_names([token for _, token in tokens], text)
    lean = []
    for gap, token in tokens:
        if lean and gap and _needed(gap, lean[-1][-1], token[0]):
            lean.append("\n" if "\n" in gap else " ")
        if token in ("}", "]", ")") and lean[-1:] == [","] and lean[-2] not in ("[", ","):
            lean.pop()
        lean.append(short.get(token, token))
    return "".join(lean)


def _tokens(text):
    """Pairs of the gap before a token and the token; a template is cut where its expressions begin and end."""
    tokens, braces, at = [], [], 0
    while at < len(text):
        gap = GAP.match(text, at)
        at = gap.end() if gap else at
        if at == len(text):
            break
        before = tokens[-1][1] if tokens else "("
        pattern = TOKEN
        if text[at] == "`" or text[at] == "}" and braces[-1:] == ["${"]:
            pattern = TEMPLATE
        elif text[at] == "/" and before[-1] in "(,=:[!&|?{};>":
            pattern = EXPRESSION
        token = pattern.match(text, at).group()
        if token[0] == "}":
            braces.pop()
        if token == "{" or token.endswith("${"):
            braces.append(token[-2:])
        tokens.append((gap.group() if gap else "", token))
        at += len(token)
    return tokens


def _needed(gap, before, after):
    # A line break stays where JavaScript might end a statement at it, and not between a brace and a word, where without
    # a semicolon it would be an error and not another meaning.
    if "\n" in gap:
        return not (before in "{[(,;=*<>?:&|." or after in "}]),;=*<>?:&|." or before == "}" and WORD.match(after))
    return WORD.match(before) and WORD.match(after) or before == after and after in "+-/"


def _short_names(tokens, text):
    """A shorter name for each name that is the file's own."""
    own = {name.strip() for groups in OWN.findall(text) for part in groups for name in part.split(",")}
    counted = Counter(token for token in tokens if NAME.fullmatch(token))
    taken = set(counted) | RESERVED
    letters = ("".join(pair) for n in (1, 2) for pair in itertools.product(string.ascii_letters, repeat=n))
    free = (name for name in letters if name not in taken)
    own = sorted((own & set(counted)) - _keys(tokens), key=lambda name: (-counted[name] * len(name), name))
    return {name: next(free) for name in own if len(name) > 2}


def _keys(tokens):
    """All names of properties: those after a dot, and those that begin an entry between an object's braces."""
    keys, open_brackets = set(), []
    for before, token in zip(["(", *tokens], tokens):
        entry = open_brackets[-1:] == ["object"] and before in ("{", ",", "}", ";")
        if NAME.fullmatch(token) and (before in (".", "?.") or entry):
            keys.add(token)
        if token[0] in ")]}":
            open_brackets.pop()
        if token == "{":
            open_brackets.append("block" if before in (")", "=>", "else", "do", "try", "finally") else "object")
        elif token in ("(", "[") or token.endswith("${"):
            open_brackets.append("other")
    return keys


def lean_style(text: str) -> str:
    """A style sheet without comments, indentation and empty lines."""
    lines = (line.strip() for line in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).splitlines())
    return "\n".join(line for line in lines if line)
