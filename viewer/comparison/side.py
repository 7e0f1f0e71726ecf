"""One side of a comparison: an interaction of a cassette, and what its response says, in events or whole."""

from dataclasses import dataclass
from functools import cached_property

from viewer.cassettes.fields import moment
from viewer.comparison.normalise import normalised_body
from viewer.protocols.provider import provider_of
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.cost import Cost, price
from viewer.streams.stream import Stream
from viewer.types.http import Interaction
from viewer.types.replies import StreamError, ToolCall
from viewer.types.usage import Usage

TEXT_KINDS = ("reasoning", "content", "refusal", "citation", "audio")
"""Kinds whose texts are compared, in the order in which they are shown."""

BODY = "body"
"""Stands for a kind where the response is neither a stream of a known protocol nor an answer."""


@dataclass(frozen=True, eq=False)
class Side:
    """Hold one interaction of a cassette with its stream, else its answer, else neither."""

    cassette: Cassette
    index: int
    """Into `cassette.interactions`."""
    stream: Stream | None
    answer: Answer | None

    @property
    def interaction(self) -> Interaction:
        """Request and response."""
        return self.cassette.interactions[self.index]

    @property
    def told(self) -> Stream | Answer | None:
        """What the response says."""
        return self.stream or self.answer

    @property
    def protocol(self) -> str | None:
        """None where the response is no answer."""
        return (self.told.protocol or None) if self.told else None

    @property
    def model(self) -> str | None:
        """As the response names it."""
        return self.told.model if self.told else None

    @property
    def provider(self) -> str | None:
        """Who served it; None where the response is no answer, or nothing tells."""
        if self.stream is not None:
            return self.stream.provider
        return provider_of(self.interaction.request.url, self.model) if self.answer else None

    @property
    def finish_reason(self) -> str | None:
        """Of choice 0."""
        return self.told.finish_reason if self.told else None

    @property
    def error(self) -> StreamError | None:
        """What the provider sent in place of an answer."""
        return self.told.error if self.told else None

    @property
    def usage(self) -> Usage | None:
        """None where nothing is reported."""
        return self.told.usage if self.told else None

    @property
    def cost(self) -> Cost:
        """What it cost, or why that cannot be told."""
        if self.stream is not None:
            return self.stream.cost
        times = self.interaction.times
        known = (times.started, times.ended, moment(self.interaction.response.headers.get("date"), 1.0))
        recorded_at_s = next((one.epoch_s for one in known if one is not None), None)
        return price(self.usage, self.provider, self.model, recorded_at_s)

    @property
    def tool_calls(self) -> list[ToolCall]:
        """In order of appearance."""
        return self.told.tool_calls if self.told else []

    @cached_property
    def texts(self) -> dict[tuple[str, int], str]:
        """Every text that is not empty, by kind and choice."""
        if self.stream is not None and self.stream.protocol != "generic":
            return _texts(self.stream)
        if self.stream is None and self.answer is not None and self.answer.protocol:
            both = {("reasoning", 0): self.answer.reasoning, ("content", 0): self.answer.text}
            return {key: text for key, text in both.items() if text}
        body = _body_text(self)
        return {(BODY, 0): body} if body and self.error is None else {}


def side(cassette: Cassette, index: int) -> Side:
    """Return an interaction of a cassette as a side of a comparison."""
    stream = next((stream for stream in cassette.streams if stream.interaction == index), None)
    return Side(cassette, index, stream, None if stream else cassette.answers.get(index))


def reading_order(key: tuple[str, int]) -> tuple[int, int]:
    """Return by what texts are sorted: choice after choice, each in the order of `TEXT_KINDS`."""
    kind, choice = key
    return choice, TEXT_KINDS.index(kind) if kind in TEXT_KINDS else len(TEXT_KINDS)


def _texts(stream: Stream) -> dict[tuple[str, int], str]:
    chunks = stream.chunks
    rows = chunks[chunks["kind"].isin(TEXT_KINDS) & (chunks["text"] != "")]
    keys = zip(rows["choice"], rows["kind"].astype(str), rows["text"], strict=True)
    joined: dict[tuple[str, int], list[str]] = {}
    for choice, kind, text in keys:
        joined.setdefault((kind, choice), []).append(text)
    return {key: "".join(joined[key]) for key in sorted(joined, key=reading_order)}


def _body_text(one: Side) -> str:
    """Return a body, or the events of an unknown protocol, as a text to be compared."""
    if one.stream is None:
        return normalised_body(one.interaction.response.body)
    return "\n".join(normalised_body(text.encode("utf-8", "surrogatepass")) for text in one.stream.chunks["text"])
