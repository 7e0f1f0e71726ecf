"""The names of the tools whose results a request of a session brings. Its lines hold ids alone: the calls stand in earlier answers."""

from collections.abc import Sequence
from dataclasses import replace

from viewer.conversation.messages import Message
from viewer.streams.cassette import Cassette

# A result comes with the next request of its agent, which can be many interactions later.
_MAX_CALLS_BACK = 500


def with_tool_names(messages: Sequence[Message], cassette: Cassette, interaction: int) -> Sequence[Message]:
    """Return the messages of a request with the name of the tool in each result whose call an earlier answer holds."""
    wanted = {
        part.id
        for message in messages
        for part in message.parts
        if part.kind == "tool_result" and part.id and not part.name
    }
    if not wanted:
        return messages
    names: dict[str, str] = {}
    streams = {stream.interaction: stream for stream in cassette.streams}
    for earlier in range(interaction - 1, max(-1, interaction - 1 - _MAX_CALLS_BACK), -1):
        if not wanted - names.keys():
            break
        reply = streams.get(earlier) or cassette.answers.get(earlier)
        names |= {call.id: call.name for call in (reply.tool_calls if reply else ()) if call.id in wanted}
    if not names:
        return messages
    return [
        replace(
            message,
            parts=tuple(
                replace(part, name=part.name or names.get(part.id, "")) if part.kind == "tool_result" else part
                for part in message.parts
            ),
        )
        for message in messages
    ]
