"""The tab of problems found in a recording."""

from viewer.display.nodes import node
from viewer.pages.parts.sheet import sheet
from viewer.types.problems import Problem


def show(problems: list[Problem]) -> None:
    """List each problem with its place and advice."""
    if not problems:
        sheet([node("p", "note", "No problems were found.")], key="no_problems")
        return
    sheet(
        [
            node(
                "div",
                f"problem {problem.severity}",
                node("p", "", problem.message),
                node("p", "where", " · ".join(_where(problem))),
                node("p", "note", problem.advice),
            )
            for problem in problems
        ],
        key="problems",
    )


def _where(problem: Problem) -> list[str]:
    parts = [problem.severity, problem.file]
    if problem.interaction is not None:
        parts.append(f"interaction {problem.interaction}")
    if problem.offset is not None:
        parts.append(f"byte {problem.offset:,}")
    return [part for part in parts if part]
