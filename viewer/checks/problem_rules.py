"""Which rule reports a problem of a cassette. Each problem is reported by one rule at most, and notes by none.

A `Problem` has no kind, so its words decide. They are this program's own, apart from what it quotes at the end of a message.
"""

import re
from collections.abc import Iterator
from typing import Literal

from viewer.checks.places import places_of
from viewer.checks.recording import Recording
from viewer.checks.rule import Rule
from viewer.checks.violation import Violation
from viewer.text.safe import shortened
from viewer.types.problems import Problem

Subject = Literal["error answered", "usage", "cut off", "broken"]

_ANSWERED = re.compile("The server answered |The provider sent an error|The call failed")
_USAGE = re.compile("The reported usage does not add up|The last usage object has fewer tokens")
_CUT_OFF = re.compile(
    "without a finish reason|cut off|broke off|The recording ends here|has no response|connection was closed"
)
# Longer quotations of a provider fill the terminal.
_MAX_MESSAGE_LENGTH = 300


def violations_about(rule: Rule, recording: Recording, subject: Subject, advice: str) -> Iterator[Violation]:
    """Yield a violation for each problem of a subject, each message once for an interaction.

    The advice of a problem is for who looks at the recording; `advice` is for who keeps it.
    """
    told = set()
    for problem in recording.problems:
        if subject_of(problem) == subject and (key := (problem.interaction, problem.message)) not in told:
            told.add(key)
            line = places_of(recording).problem(problem)
            yield rule.violation(recording.file, _message(problem), advice, line=line, interaction=problem.interaction)


def subject_of(problem: Problem) -> Subject | None:
    """Return what a problem is about; None for a note, which no rule reports."""
    if problem.severity == "note":
        return None
    if _ANSWERED.match(problem.message):
        return "error answered"
    if _USAGE.match(problem.message):
        return "usage"
    if _CUT_OFF.search(f"{problem.message} {problem.advice}"):
        return "cut off"
    return "error answered" if problem.severity == "error" else "broken"


def _message(problem: Problem) -> str:
    message = shortened(problem.message, _MAX_MESSAGE_LENGTH)
    return message if message.endswith((".", "!", "?", "…")) else f"{message}."
