"""The session of an agent that starts a subagent, as values: the times stand in seconds after `EPOCH_S`."""

from dataclasses import replace

import viewer
from tests.support.har_files import asked, chat, entry, har, tool_call
from viewer.types.http import Moment
from viewer.types.sessions import Agent, CallPlace, Session, ToolRun, Turn

EPOCH_S = 1_790_000_000


def at(second):
    return Moment(EPOCH_S + second, 0.001)


def asked_again(result):
    """A request that brings the result of the call `call_1`."""
    call = {"id": "call_1", "type": "function", "function": {"name": "Task", "arguments": '{"what": "look"}'}}
    return asked(
        messages=[
            {"role": "user", "content": "Look."},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": result},
        ]
    )


# The main agent starts a subagent by the tool Task, hears from it, and is asked once more.
CALLS = (
    CallPlace(0, 0, given=at(1), first=at(2), ended=at(3)),
    CallPlace(1, 0, given=at(4), ended=at(6)),
    CallPlace(0, 0, given=at(8), ended=at(9)),
    CallPlace(0, 1, given=at(21), first=at(22)),
)
SESSION = Session(
    "Claude Code",
    "session-1",
    (Agent(), Agent("a-7", "Explore", 0, 0, "call_1")),
    (Turn(at(0.5), at(10)), Turn(at(20))),
    CALLS,
    (ToolRun(0, "call_1", at(3), at(8), ran_s=4.5, is_error=True),),
)


def cassette_of(session):
    called = chat(tool_call("Task", '{"what": "look"}'), finish="tool_calls")
    entries = [
        entry(asked(), called),
        entry(asked(), chat("Found.")),
        entry(asked_again("It is there."), chat("There.")),
        entry(asked(), chat("Bye.")),
    ]
    return replace(viewer.load(har(*(one | {"time": 100.0} for one in entries)), "session.har"), session=session)
