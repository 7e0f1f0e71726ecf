"""One side of a comparison: an interaction of a cassette with its stream or answer."""

from dataclasses import dataclass
from functools import cached_property

from viewer.comparison.normalise import normalised_body
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.cost import NO_ANSWER, Cost
from viewer.streams.stream import Stream
from viewer.types.chunk_table import KINDS, is_kind
from viewer.types.http import Interaction
from viewer.types.replies import StreamError, ToolCall
from viewer.types.usage import Usage

TEXT_KINDS = ("reasoning", "content", "refusal", "citation", "audio")
"""The kinds of chunks whose texts are compared, in the order in which they are shown."""

BODY = "body"
"""Used as the kind if the response is neither a stream of a known protocol nor an answer."""


@dataclass(frozen=True, eq=False)
class Side:
    """One interaction of a cassette with its stream or its answer, or neither."""

    cassette: Cassette
    index: int
    """The index in `cassette.interactions`."""
    stream: Stream | None
    answer: Answer | None

    @property
    def interaction(self) -> Interaction:
        """The request and the response."""
        return self.cassette.interactions[self.index]

    @property
    def reply(self) -> Stream | Answer | None:
        """The decoded response."""
        return self.stream or self.answer

    @property
    def protocol(self) -> str | None:
        """None if the response is not an answer of a model."""
        return (self.reply.protocol or None) if self.reply else None

    @property
    def model(self) -> str | None:
        """The name in the response."""
        return self.reply.model if self.reply else None

    @property
    def provider(self) -> str | None:
        """Who served it; None if the response is not an answer of a model, or the provider is not known."""
        return self.reply.provider if self.reply else None

    @property
    def finish_reason(self) -> str | None:
        """The finish reason of choice 0."""
        return self.reply.finish_reason if self.reply else None

    @property
    def error(self) -> StreamError | None:
        """The error that the provider sent instead of an answer."""
        return self.reply.error if self.reply else None

    @property
    def usage(self) -> Usage | None:
        """None if no usage was reported."""
        return self.reply.usage if self.reply else None

    @property
    def cost(self) -> Cost:
        """The cost, or why it is not known."""
        return self.reply.cost if self.reply else NO_ANSWER

    @property
    def tool_calls(self) -> list[ToolCall]:
        """All tool calls, in order of appearance."""
        return self.reply.tool_calls if self.reply else []

    @cached_property
    def texts(self) -> dict[tuple[str, int], str]:
        """Every text except empty ones, by kind and choice."""
        if self.stream is not None and self.stream.protocol != "generic":
            return _texts(self.stream)
        if self.stream is None and self.answer is not None and self.answer.protocol:
            both = {("reasoning", 0): self.answer.reasoning, ("content", 0): self.answer.text}
            return {key: text for key, text in both.items() if text}
        body = _body_text(self)
        return {(BODY, 0): body} if body and self.error is None else {}


def side(cassette: Cassette, index: int) -> Side:
    """Return one interaction of a cassette as a side of a comparison."""
    stream = cassette.stream_of(index)
    return Side(cassette, index, stream, None if stream else cassette.answers.get(index))


def reading_order(key: tuple[str, int]) -> tuple[int, int]:
    """Return the sort key of a text: first the choice, then the order of `TEXT_KINDS`."""
    kind, choice = key
    return choice, TEXT_KINDS.index(kind) if kind in TEXT_KINDS else len(TEXT_KINDS)


def _texts(stream: Stream) -> dict[tuple[str, int], str]:
    columns = stream.columns
    rows = is_kind(columns.kind, [KINDS.index(kind) for kind in TEXT_KINDS])
    joined: dict[tuple[str, int], list[str]] = {}
    cells = [column[rows].tolist() for column in (columns.choice, columns.kind, columns.text)]
    for choice, kind, text in zip(*cells, strict=True):
        if text:
            joined.setdefault((KINDS[kind], choice), []).append(text)
    return {key: "".join(joined[key]) for key in sorted(joined, key=reading_order)}


def _body_text(one: Side) -> str:
    """Return a body, or the events of an unknown protocol, in the form in which it is compared."""
    if one.stream is None:
        return normalised_body(one.interaction.response.body)
    return "\n".join(normalised_body(text.encode("utf-8", "surrogatepass")) for text in one.stream.columns.text)
