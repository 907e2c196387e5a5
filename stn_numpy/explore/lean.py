"""Scripts and style sheets without what only people read: comments, indentation, spaces.

Names stay as they are written, so that what a page carries can still be read, and errors in it found.
"""

import re

TOKEN = re.compile(r"""
    (?P<gap> \s+ | //[^\n]* | /\*.*?\*/ )
  | (?P<kept>
        "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'
      | `(?: \\. | \$\{ (?: [^{}`] | `[^`]*` | \{[^{}]*\} )* \} | [^`\\] )*?`       # a template, with its expressions
      | (?<=[(,=:]) / (?![/*]) (?:\\.|\[[^\]\n]*\]|[^/\\\n])+ / [a-z]*              # a regular expression
      | (?<=[(,=:]\s) / (?![/*]) (?:\\.|\[[^\]\n]*\]|[^/\\\n])+ / [a-z]* )
  | (?P<other> [\w$]+ | . )""", re.VERBOSE | re.DOTALL)
WORD = re.compile(r"[\w$]")


def lean_script(text):
    """A script with the same tokens, and between them no more than keeps them apart.

    A line break stays where JavaScript might end a statement at it: not after an opening bracket, comma, semicolon or
    operator, nor before a closing bracket or one of those.
    """
    made, gap = [], ""
    for found in TOKEN.finditer(text):
        token = found.group()
        if found.lastgroup == "gap":
            gap = "\n" if "\n" in gap + token else " "
            continue
        if made and gap:
            before, after = made[-1][-1], token[0]
            if gap == "\n":
                needed = before not in "{[(,;=*<>?:&|." and after not in "}]),;=*<>?:&|."
            else:
                needed = WORD.match(before) and WORD.match(after) or before == after and after in "+-/"
            made.append(gap * bool(needed))
        made.append(token)
        gap = ""
    return "".join(made)


def lean_style(text):
    """A style sheet without comments, indentation and empty lines."""
    lines = (line.strip() for line in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).splitlines())
    return "\n".join(line for line in lines if line)
