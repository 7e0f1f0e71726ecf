"""curl's traces, block by block what went over the wire: https://curl.se/docs/manpage.html#--trace.

If curl shows what came from the network, the body still has the chunked coding. `--trace-time` stamps each block with the
local time of day, to the microsecond and without a date. Times here count from the request. A trace in ASCII shows line
ends, and all characters that are not ASCII, as dots. Line ends between events can be restored; the rest is lost.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.curl_blocks import Block, blocks, is_exact, is_trace, with_line_ends
from viewer.cassettes.syntax.http_messages import HTTPMessage, is_interim, parse_message, request_url
from viewer.types.formats import About
from viewer.types.http import Arrivals, Interaction, RecordedTimes, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "curl-trace",
        "curl --trace",
        "https://curl.se/docs/manpage.html#--trace",
        "`--trace` and `--trace-ascii`, any number of exchanges",
        "with `--trace-time`: headers and each piece of the body since the request, to the microsecond",
    ),
)

_REQUEST_LINE = re.compile(rb"[A-Z]++ \S++ HTTP/")
# In ASCII, the line end after a size is two dots if it arrived in two blocks.
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*+(?:;[^\r\n]*+)?(?:\r\n|\.\.)")
_DONE = re.compile(rb"left intact|[Cc]losing connection")

_BodySpans = list[tuple[int, int]]
"""The spans of the received bytes that hold the body, without the chunked coding."""


@dataclass(slots=True)
class _Exchange:
    sent_us: int | None = None
    sent_head: list[bytes] = field(default_factory=list)
    sent_body: list[bytes] = field(default_factory=list)
    head: list[bytes] = field(default_factory=list)
    headers_us: int | None = None
    pieces: list[Block] = field(default_factory=list)
    is_done: bool = False
    """Whether curl reports that it is done with the connection."""
    is_whole: bool = True


def recognise(document: Document) -> int:
    """Look for the first line of a block, and for a header that was sent or received."""
    if not is_trace(document.head):
        return 0
    return 90 if b"=> Send header, " in document.data or b"<= Recv header, " in document.data else 0


def read(document: Document) -> Recording:
    """Return an interaction for each exchange, except those that only connect to a proxy."""
    exact = is_exact(document.data)
    problems: list[Problem] = []
    if not exact:
        what = "The trace is in ASCII: it shows line ends, and all characters that are not ASCII, as dots."
        advice = "Line ends between events are restored; other lost characters are not. Record with --trace instead."
        problems.append(Problem("note", what, advice))
    interactions: list[Interaction] = []
    exchanges = list(_exchanges(blocks(document.data, exact=exact)))
    for exchange in exchanges:
        received = parse_message(b"".join(exchange.head))
        if exchange is exchanges[-1] or not is_interim(received):
            interactions.append(_interaction(exchange, received, len(interactions), problems, exact=exact))
    return Recording("curl-trace", interactions, problems=tuple(problems))


def _exchanges(trace: Iterable[Block]) -> Iterator[_Exchange]:
    exchange = _Exchange()
    for block in trace:
        begins_request = block.kind == "=> Send header" and _REQUEST_LINE.match(block.data)
        begins_response = block.kind == "<= Recv header" and block.data.startswith(b"HTTP/")
        if (begins_request and (exchange.sent_head or exchange.head)) or (begins_response and exchange.pieces):
            yield exchange
            exchange = _Exchange()
        exchange.is_whole &= block.is_whole
        match block.kind:
            case "=> Send header":
                exchange.sent_us = block.us if begins_request else exchange.sent_us
                exchange.sent_head.append(block.data)
            case "=> Send data":
                exchange.sent_body.append(block.data)
            case "<= Recv header":
                if begins_response:
                    # It replaces an interim response, such as 100 Continue.
                    exchange.head.clear()
                if not exchange.pieces:
                    exchange.head.append(block.data)
                    exchange.headers_us = block.us
            case "<= Recv data":
                exchange.pieces.append(block)
            case _:
                exchange.is_done |= bool(_DONE.search(block.data))
    yield exchange


def _interaction(
    exchange: _Exchange, received: HTTPMessage, index: int, problems: list[Problem], *, exact: bool
) -> Interaction:
    if not exchange.head:
        problems.append(fields.no_response(index))
    if not exchange.is_whole:
        what = "A block of this exchange has a different number of bytes than its first line says."
        problems.append(Problem("warning", what, "The trace may be cut off or edited.", interaction=index))
    is_encoded = received.headers.get("content-encoding", "").strip().lower() not in ("", "identity")
    if is_encoded and not exact:
        what = "The response body is compressed, and a trace in ASCII does not hold its bytes."
        advice = "Record with --trace, or without --compressed."
        problems.append(Problem("error", what, advice, interaction=index))
    as_sent = bytes if exact else with_line_ends
    sent = parse_message(b"".join(exchange.sent_head))
    raw = b"".join(piece.data for piece in exchange.pieces)
    spans, is_ended = _body(raw, received, is_done=exchange.is_done)
    return Interaction(
        Request(
            method=sent.start_line[0],
            url=request_url(sent.start_line[1], sent.headers),
            headers=sent.headers,
            body=as_sent(b"".join(exchange.sent_body)),
        ),
        Response(
            status=fields.status(received.start_line[1]),
            reason=received.start_line[2],
            headers=received.headers,
            body=as_sent(b"".join(raw[begin:end] for begin, end in spans)),
        ),
        _times(exchange, spans, is_ended=is_ended, is_encoded=is_encoded),
    )


def _body(raw: bytes, received: HTTPMessage, *, is_done: bool) -> tuple[_BodySpans, bool]:
    """Return the spans of the body in the received bytes, and whether they are the whole body."""
    if received.is_chunked and _CHUNK.match(raw):
        return _chunks(raw)
    length = received.headers.get("content-length", "")
    return [(0, len(raw))], length == str(len(raw)) if length else is_done


def _chunks(raw: bytes) -> tuple[_BodySpans, bool]:
    spans: _BodySpans = []
    place = 0
    while chunk := _CHUNK.match(raw, place):
        size = int(chunk[1], 16)
        if not size:
            return spans, True
        begin = chunk.end()
        spans.append((begin, begin + size))
        place = begin + size + len(b"\r\n")
    if place < len(raw):
        spans.append((place, len(raw)))
    return spans, False


def _times(exchange: _Exchange, spans: _BodySpans, *, is_ended: bool, is_encoded: bool) -> RecordedTimes:
    sent_us, headers_us = exchange.sent_us, exchange.headers_us
    times_us = [piece.us for piece in exchange.pieces if piece.us is not None]
    if len(times_us) < len(exchange.pieces):
        times_us = []
    since_sent = [(us - (times_us[0] if sent_us is None else sent_us)) / 1e6 for us in times_us]
    arrivals = None
    if times_us and not is_encoded:
        received = accumulate(len(piece.data) for piece in exchange.pieces)
        ends = tuple(_ends(received, spans))
        arrivals = Arrivals(
            tuple(since_sent), ends, since_request=sent_us is not None, resolution_s=fields.MICROSECOND_S
        )
    return RecordedTimes(
        headers_s=(headers_us - sent_us) / 1e6 if sent_us is not None and headers_us is not None else None,
        whole_s=since_sent[-1] if since_sent and is_ended and sent_us is not None else None,
        arrivals=arrivals,
    )


def _ends(received: Iterable[int], spans: _BodySpans) -> Iterator[int]:
    """For each count of received bytes, yield how many bytes of the body are among them."""
    begins = [begin for begin, _ in spans]
    before = [0, *accumulate(end - begin for begin, end in spans)]
    for count in received:
        span = bisect_right(begins, count) - 1
        yield before[span] + min(count, spans[span][1]) - begins[span] if span >= 0 else 0
