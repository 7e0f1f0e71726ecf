"""What a provider replies: errors, tool calls, and how long it says that it took."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamError:
    """An error that the provider sent instead of a stream, or in the middle of one."""

    message: str
    type: str = ""
    code: str = ""

    def __str__(self) -> str:
        return self.message


@dataclass(slots=True)
class ToolCallStart:
    """What identifies a tool call while its arguments still arrive as the texts of chunks."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One tool call, assembled from its fragments."""

    id: str
    name: str
    arguments: str
    """Exactly the text that was streamed, which may be invalid JSON."""
    choice: int


@dataclass(frozen=True, slots=True)
class ToolStep:
    """What a tool that the provider or the agent runs was given, or what it returned, in the stream itself.

    Its row in the chunk table is of kind other, since it is no part of the answer.
    """

    event: int
    text: str
    """Verbatim; as JSON if the provider writes an object, with the size in place of binary data."""
    id: str = ""
    """The id of the tool call; "" if the provider writes none."""
    name: str = ""
    choice: int = 0
    is_call: bool = False
    """Whether this is what the tool was given. Only calls that are not tool calls of the stream are."""
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class ServerTimes:
    """The durations a provider reports in its own events. A field is None if the provider does not report it."""

    source: str
    """The field's name in the provider's event."""
    first_s: float | None = None
    """From the arrival of the request at the server to the first token."""
    generation_s: float | None = None
    """The time spent on all output tokens."""
    whole_s: float | None = None
    """From the arrival of the request at the server to the last token."""
    created_s: int | None = None
    """When the response was created, in whole epoch seconds."""
    completed_s: int | None = None
    """When the response was completed, in whole epoch seconds."""
