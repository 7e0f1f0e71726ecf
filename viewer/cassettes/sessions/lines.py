"""One line of a session, as the module that reads a program's files classifies it."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from viewer.types.http import Moment
from viewer.types.sessions import Totals

LineRole = Literal["prompt", "given", "answer", "about", "repeat", "end"]
"""What a line is to the calls around it:

- "prompt": what the user asked. The first answer of the main agent after it begins a turn.
- "given": anything else that the model is given, such as the result of a tool.
- "answer": a part of what a model answered.
- "about": something else, such as settings. It is kept with the next request of its agent.
- "repeat": a line that the file holds for the second time. It is kept with the next request of the main agent, or the last one.
- "end": the end of a turn. It is kept with the last answer.
"""


class ToolReturn(NamedTuple):
    """The result of a tool that a line holds."""

    call_id: str
    is_error: bool = False
    ran_s: float | None = None
    """How long the tool ran, if the line says so."""
    at: Moment | None = None
    """When it returned, if the line has a time for it. Otherwise it is when the line was written."""


class AgentFacts(NamedTuple):
    """What a file says of an agent."""

    name: str = ""
    started_by: str = ""
    """The id of the tool call that started it; "" if the file does not say."""
    id: str = ""
    """"" if it is what tells the lines of the agent apart."""


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One line of a session."""

    data: bytes
    """The line as it stands in the file, without its end."""
    role: LineRole
    agent: str = ""
    """What tells the agents of a session apart; "" for the main agent."""
    call: str = ""
    """What tells the calls of an agent apart. A line with "" belongs to the call before it, unless the agent was given something since."""
    at: Moment | None = None
    """When the line was written."""
    tool_calls: tuple[str, ...] = ()
    """The ids of the tools that the line calls."""
    returns: tuple[ToolReturn, ...] = ()
    """The results that the line holds."""
    reported: Totals | None = None
    """What an "end" says of its turn."""
    compacts: bool = False
    """Whether the conversation before the line was replaced by a summary."""
    model: str = ""
    """The model of an "answer", if the file says so elsewhere."""


@dataclass(slots=True)
class SessionFacts:
    """What a file says of its session as a whole. It is complete once all lines were read."""

    program: str
    """Who wrote it, such as "Claude Code"."""
    id: str = ""
    agents: dict[str, AgentFacts] = field(default_factory=dict)
    """By the name that `SessionLine.agent` gives each agent."""
    reported: Totals | None = None
    protocol: str = ""
    """The protocol of the answers; "" if it has to be found by the lines of each."""
