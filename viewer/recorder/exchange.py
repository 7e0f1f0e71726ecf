"""What passed through the recorder, as an interaction with the arrival time of every event."""

from dataclasses import dataclass, field, replace

import numpy as np

from viewer.cassettes.fields import MICROSECOND_S
from viewer.files.content_encoding import decode_body
from viewer.text.json import is_utf_8
from viewer.types.http import Arrivals, Headers, Interaction, Moment, RecordedTimes, Request, Response
from viewer.wire.events import payload_ends
from viewer.wire.framing import split_events

_DECIMALS = 6
# These describe a body as it was sent. A decoded body has neither.
_ENCODED_BODY_HEADERS = frozenset({"content-encoding", "content-length"})


@dataclass(slots=True)
class Exchange:
    """What passed through the recorder. Times are in seconds since the request was sent."""

    method: str
    url: str = field(repr=False)
    request_headers: list[tuple[str, str]] = field(repr=False)
    request_body: bytes = field(repr=False)
    started_epoch_s: float
    status: int = 0
    response_headers: list[tuple[str, str]] = field(default_factory=list, repr=False)
    headers_s: float = 0.0
    body: bytearray = field(default_factory=bytearray, repr=False)
    blocks: list[tuple[int, float]] = field(default_factory=list, repr=False)
    """The offset in the body at which each piece ends, and when the piece arrived."""
    trouble: str = ""
    """Why the exchange did not end normally; "" if it did."""
    number: int = 0
    """Counts the exchanges of one recorder, in the order in which their requests came."""

    @property
    def started(self) -> Moment:
        """When the request was sent."""
        return Moment(round(self.started_epoch_s, _DECIMALS), MICROSECOND_S)

    def to_interaction(self) -> Interaction:
        """Return the exchange as it was."""
        request = Request(self.method, self.url, Headers(self.request_headers), self.request_body)
        response = Response(self.status, "", Headers(self.response_headers), bytes(self.body))
        times = RecordedTimes(
            headers_s=self.headers_s,
            arrivals=_arrivals(response, self.blocks),
            started=self.started,
        )
        return Interaction(request, response, times)


def decoded(interaction: Interaction) -> Interaction:
    """Return an interaction with its bodies decompressed, so that they can be searched.

    Raise `ValueError` if a body cannot be decompressed. The arrivals of a compressed body are lost: they tell when each block of
    it arrived, and no event.
    """
    request, response, times = interaction.request, interaction.response, interaction.times
    sent = _decoded(Response(headers=request.headers, body=request.body))
    received = _decoded(response)
    if received is not response:
        times = replace(times, arrivals=None)
    return Interaction(replace(request, headers=sent.headers, body=sent.body), received, times)


def _decoded(message: Response) -> Response:
    body = decode_body(message).data
    if body is message.body:
        if "content-encoding" in message.headers and not is_utf_8(body):
            raise ValueError("the body cannot be decompressed")
        return message
    headers = Headers(pair for pair in message.headers.items() if pair[0].lower() not in _ENCODED_BODY_HEADERS)
    return replace(message, headers=headers, body=body)


def _arrivals(response: Response, blocks: list[tuple[int, float]]) -> Arrivals | None:
    """Return where each event ends in a body and when its last byte arrived. A body without events has blocks instead."""
    if not blocks:
        return None
    block_ends, block_s = (np.array(column) for column in zip(*blocks, strict=True))
    is_encoded = bool(response.headers.get("content-encoding"))
    framed = None if is_encoded else split_events(response.content_type, response.body)
    ends = block_ends if framed is None else payload_ends(framed[0], response.body)
    arrived_s = block_s[np.minimum(np.searchsorted(block_ends, ends), len(block_s) - 1)]
    seconds = tuple(round(second, _DECIMALS) for second in arrived_s.tolist())
    return Arrivals(seconds, tuple(ends.tolist()), since_request=True, resolution_s=MICROSECOND_S)
