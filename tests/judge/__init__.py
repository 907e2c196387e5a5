"""The judge of the exercises: it compares an answer with the right one and names the mistake."""

from .apart import Bench
from .exercise import Case, Exercise
from .files import catalogue, judge_stub
from .stub import Stub, select, stubs
from .verdict import Verdict, judge
from .words import clip, paragraph
