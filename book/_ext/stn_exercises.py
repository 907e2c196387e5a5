"""An exercise that pytest can judge: `{exercise}` with the option `stub`.

The box then links the reader's file, says how hard and how long the answer is and which command judges it, and unfolds
the file's three hints one by one; after it stands the answer, folded, from the file it lives in: nothing typed twice.
"""

import ast
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx_exercise.directive import ExerciseDirective

from tests.judge import Stub, catalogue

ROOT = Path(__file__).resolve().parents[2]
ORDINALS = ("First", "Second", "Third")
FACTS = """
[{path}](/{path}){{.stub-file}} · difficulty {difficulty} · {size}

```console
$ pytest --ex {name}
```
"""
HINT = """
:::{{admonition}} {ordinal} hint
:class: tip dropdown
{text}
:::
"""
ANSWER = """
```{{literalinclude}} /{path}
:pyobject: {name}
:lines: {lines}
:language: python
```
"""


def box(stub):
    """What stands in the box below the author's own words."""
    fields, path = stub.fields, stub.shown
    facts = FACTS.format(path=path, name=stub.name, difficulty=fields["Difficulty"], size=fields["Size"])
    return facts + "".join(HINT.format(ordinal=ordinal, text=text) for ordinal, text in zip(ORDINALS, stub.hints))


def without_docstring(function):
    """The lines of a function, counted from its own first, that are not docstring: the stub shows that already."""
    first, body = function.lineno - 1, function.body
    if ast.get_docstring(function) is None:
        return "1-"
    return f"1-{body[0].lineno - first - 1},{body[1].lineno - first}-"


def answer(exercise, label):
    """The folded answer: the function and its helpers, each from its file."""
    path = exercise.answer.replace(".", "/") + ".py"
    tree = ast.parse((ROOT / path).read_text("utf8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    shown = "".join(ANSWER.format(path=path, name=name, lines=without_docstring(functions[name]))
                    for name in (exercise.name, *exercise.also))
    return f"````{{solution}} {label}\n:class: dropdown\n:label: sol-{label}\n{shown}\n````\n"


class StubExercise(ExerciseDirective):
    """The exercise directive with one option more; without it, what it always was."""

    option_spec = ExerciseDirective.option_spec | {"stub": directives.unchanged_required}

    def run(self):
        if "stub" not in self.options:
            return super().run()
        found = list((ROOT / "book/exercises").glob(f"ex??_{self.options['stub']}.py"))
        if len(found) != 1 or not self.options.get("label"):
            raise self.error(f"exercise: expected a stub in book/exercises and a label, got {self.options}")
        stub = Stub(found[0])
        exercise = catalogue(stub.path.stem)
        self.env.note_dependency(str(stub.path))
        self.env.note_dependency(str(ROOT / "tests/misconceptions" / stub.path.name))
        self.content = self.content + StringList(box(stub).splitlines(), stub.shown)
        return super().run() + self._parsed(answer(exercise, self.options["label"]))

    def _parsed(self, text):
        holder = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), self.env.docname), self.content_offset, holder)
        return holder.children


def setup(app):
    """Put the directive in the place of sphinx-exercise's."""
    app.setup_extension("sphinx_exercise")
    app.add_directive("exercise", StubExercise, override=True)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
