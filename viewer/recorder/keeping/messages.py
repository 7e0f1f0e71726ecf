"""What the recorder tells its keeper of exchanges, as lines of JSON, each followed by the bytes that it announces."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from viewer.recorder.exchange import Exchange

KILLED = "the recorder was killed before the end of the response"


def began_message(exchange: Exchange) -> bytes:
    """Return the message that a response began."""
    fields = {
        "step": "began",
        "number": exchange.number,
        "method": exchange.method,
        "url": exchange.url,
        "request_headers": exchange.request_headers,
        "started_epoch_s": exchange.started_epoch_s,
        "status": exchange.status,
        "response_headers": exchange.response_headers,
        "headers_s": exchange.headers_s,
    }
    return _message(fields, exchange.request_body)


def grew_message(exchange: Exchange) -> bytes:
    """Return the message that the last block of an exchange arrived."""
    end, arrived_s = exchange.blocks[-1]
    begin = exchange.blocks[-2][0] if len(exchange.blocks) > 1 else 0
    return _message({"step": "grew", "number": exchange.number, "arrived_s": arrived_s}, exchange.body[begin:end])


def ended_message(exchange: Exchange) -> bytes:
    """Return the message that an exchange ended."""
    return _message({"step": "ended", "number": exchange.number, "trouble": exchange.trouble}, b"")


def read_exchanges(source: BinaryIO) -> Iterator[Exchange]:
    """Yield each exchange that messages tell of when it has ended.

    When the messages end, yield those that have not, with the trouble `KILLED`. A message that breaks off is not counted.
    """
    open_exchanges: dict[int, Exchange] = {}
    for fields, data in _messages(source):
        number, step = fields.pop("number"), fields.pop("step")
        if step == "began":
            for name in ("request_headers", "response_headers"):
                fields[name] = list(map(tuple, fields[name]))
            open_exchanges[number] = Exchange(**fields, request_body=data, number=number, trouble=KILLED)
        elif step == "grew":
            exchange = open_exchanges[number]
            exchange.body += data
            exchange.blocks.append((len(exchange.body), fields["arrived_s"]))
        else:
            exchange = open_exchanges.pop(number)
            exchange.trouble = fields["trouble"]
            yield exchange
    yield from open_exchanges.values()


def _message(fields: dict[str, Any], data: bytes | bytearray) -> bytes:
    return json.dumps({**fields, "size_bytes": len(data)}).encode() + b"\n" + data


def _messages(source: BinaryIO) -> Iterator[tuple[dict[str, Any], bytes]]:
    while (line := source.readline()).endswith(b"\n"):
        fields = json.loads(line)
        size = fields.pop("size_bytes")
        data = source.read(size)
        if len(data) < size:
            return
        yield fields, data
