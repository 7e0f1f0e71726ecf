"""The tab of problems found in a recording."""

from viewer.display.blocks import problem_list
from viewer.pages.parts.sheet import sheet
from viewer.types.problems import Problem


def show(problems: list[Problem]) -> None:
    """List each problem with its place and advice."""
    sheet(problem_list(problems), key="problems" if problems else "no_problems")
