"""The order in which agents worked: turns, calls of models, runs of tools and subagents, as a session file or a trace tells it.

These values hold no text of the conversation, which stands in the interactions. Only names and ids are texts.
"""

from dataclasses import dataclass, field

from viewer.types.chunk_table import Grade
from viewer.types.http import Moment
from viewer.types.usage import Usage


@dataclass(frozen=True, slots=True)
class Totals:
    """What a file says of a session, or of one of its turns, as a whole. A field is None if it says nothing."""

    usage: Usage | None = None
    """Its counts alone: without the program's object, which may hold texts such as the title of the session."""
    cost_usd: float | None = None
    model_s: float | None = None
    """How long models worked, in sum. Calls at the same time count each."""
    whole_s: float | None = None
    with_subagents: bool = True
    """Whether the counts include those of subagents."""


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent of a session. The first one is the main agent."""

    id: str = ""
    """"" for the main agent if the file gives it none."""
    name: str = ""
    """What kind of agent it is, such as "Explore"; "" if the file does not say."""
    parent: int | None = None
    """The index of the agent that started it; None for the main agent, and if the file does not say."""
    started_in: int | None = None
    """The interaction whose tool call started it; None if the file does not say."""
    started_by: str = ""
    """The id of that tool call."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What happened from one prompt of the user to the next."""

    asked: Moment | None = None
    """When the user sent the prompt."""
    ended: Moment | None = None
    """When the agent was done; None if the file does not say."""
    reported: Totals | None = None


@dataclass(frozen=True, slots=True)
class CallPlace:
    """Where one call of a model stands in a session. The times are those of the program that wrote the file."""

    agent: int = 0
    """Index into `Session.agents`."""
    turn: int | None = None
    """Index into `Session.turns`. Calls of a subagent belong to the turn in which it was started. None if not known."""
    given: Moment | None = None
    """When the last thing that the call answers was written: a prompt or the result of a tool."""
    first: Moment | None = None
    """When the first part of the answer was written, which is once that part was complete."""
    ended: Moment | None = None
    """When the last part of the answer was written."""


@dataclass(frozen=True, slots=True)
class ToolRun:
    """One run of a tool that a model called."""

    interaction: int
    """The interaction that called it."""
    call_id: str
    called: Moment | None = None
    """When the call was written. The tool ran later: it may have waited for permission. In a trace, when the tool began."""
    returned: Moment | None = None
    """When its result was written; None if there is none."""
    ran_s: float | None = None
    """How long the tool itself ran, if the file says so."""
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """How the interactions of a cassette follow each other."""

    program: str
    """Who wrote it, such as "Claude Code"."""
    id: str = ""
    agents: tuple[Agent, ...] = (Agent(),)
    turns: tuple[Turn, ...] = ()
    calls: tuple[CallPlace, ...] = ()
    """One for each interaction, in the same order."""
    tool_runs: tuple[ToolRun, ...] = ()
    """In the order of the calls."""
    reported: Totals | None = None
    """What the file says of the whole session."""
    call_grade: Grade = "stamped"
    """How the times of calls are known: "measured" if somebody timed the calls themselves, "stamped" if lines have times."""
    tool_grade: Grade = "stamped"
    """How the times of tools are known: as above, or "bounded" if a tool ran at some time between two calls."""
    compacted_before: tuple[int, ...] = field(default=())
    """The interactions before which the program replaced the conversation by a summary."""

    @property
    def stamped_calls(self) -> tuple[CallPlace, ...]:
        """The calls, if their times are those of lines. Empty if somebody timed them: then each interaction has its own times."""
        return self.calls if self.call_grade == "stamped" else ()
