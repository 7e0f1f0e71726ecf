"""Write an exchange as go-vcr 3 and 4 write it, format version 2, with one key more: when each event arrived.

go-vcr passes over keys that it does not know, so that it replays such a cassette as one of its own. Headers and URL
parameters that carry secrets are left out or masked here, before anything is written.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import yaml

from viewer.cassettes.recorders.go_vcr import KEY
from viewer.text.json import is_utf_8
from viewer.text.masks import is_secret, masked_headers, masked_url
from viewer.types.http import Interaction
from viewer.wire.events import payload_ends
from viewer.wire.framing import split_events


@dataclass(slots=True)
class Exchange:
    """Hold what passed through a recorder, times in seconds since the request was sent."""

    method: str
    url: str
    request_headers: list[tuple[str, str]]
    request_body: bytes
    started_epoch_s: float
    status: int = 0
    reason: str = ""
    response_headers: list[tuple[str, str]] = field(default_factory=list)
    headers_s: float = 0.0
    body: bytearray = field(default_factory=bytearray)
    blocks: list[tuple[int, float]] = field(default_factory=list)
    """Where each piece of the body ends, and when it came."""
    trouble: str = ""
    """Why the exchange did not come to its end; "" where it did."""


def cassette_text(exchange: Exchange, arrivals: Mapping[str, Any]) -> str:
    """Return the cassette of one exchange; `arrivals` is written as it is."""
    added: dict[str, Any] = {"started_epoch_s": round(exchange.started_epoch_s, 6)}
    if exchange.trouble:
        added["trouble"] = exchange.trouble
    return _written([_tree(0, exchange, {**added, "arrivals": dict(arrivals)})])


def interactions_text(interactions: Sequence[Interaction]) -> str:
    """Return interactions of any recorder as a cassette, with the times that it wrote where this format has room for them."""
    return _written([_tree(index, _exchange(one), _added(one)) for index, one in enumerate(interactions)])


def _exchange(interaction: Interaction) -> Exchange:
    request, response, times = interaction.request, interaction.response, interaction.times
    return Exchange(
        method=request.method,
        url=request.url,
        request_headers=list(request.headers.items()),
        request_body=request.body,
        started_epoch_s=0.0,
        status=response.status or 0,
        reason=response.reason,
        response_headers=list(response.headers.items()),
        headers_s=times.headers_s or 0.0,
        body=bytearray(response.body),
    )


def _added(interaction: Interaction) -> dict[str, Any]:
    times = interaction.times
    added: dict[str, Any] = {}
    if times.started is not None:
        added["started_epoch_s"] = times.started.epoch_s
    arrivals = times.arrivals
    ends = arrival_ends(interaction)
    # The format counts from the request; arrivals that do not would say that the first event came at once.
    if arrivals is not None and arrivals.since_request and ends is not None:
        added["arrivals"] = {"s": list(arrivals.s), "ends": ends}
    return added


def arrival_ends(interaction: Interaction) -> list[int] | None:
    """Return where in a body each recorded arrival ends; None where that is not known."""
    arrivals = interaction.times.arrivals
    if arrivals is None or arrivals.ends is not None:
        return None if arrivals is None else list(arrivals.ends or ())
    framed = split_events(interaction.response.content_type, interaction.response.body)
    if framed is None:
        return None
    ends = payload_ends(framed.events, interaction.response.body).tolist()
    carriers = [end for end, data in zip(ends, framed.events.data, strict=True) if data is not None]
    return carriers[: len(arrivals.s)] if 0 <= len(carriers) - len(arrivals.s) <= 1 else None


def _host(url: str) -> str:
    """Return the host of a URL with its port; "" where the URL is broken."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _tree(number: int, exchange: Exchange, added: dict[str, Any]) -> dict[str, Any]:
    interaction = {
        "id": number,
        "request": {
            "proto": "HTTP/1.1",
            "proto_major": 1,
            "proto_minor": 1,
            "content_length": len(exchange.request_body),
            "host": _host(exchange.url),
            "body": _scalar(exchange.request_body),
            "headers": _headers(exchange.request_headers),
            "url": masked_url(exchange.url),
            "method": exchange.method,
        },
        "response": {
            "proto": "HTTP/1.1",
            "proto_major": 1,
            "proto_minor": 1,
            "content_length": len(exchange.body),
            "uncompressed": False,
            "body": _scalar(bytes(exchange.body)),
            "headers": _headers(exchange.response_headers),
            "status": f"{exchange.status} {exchange.reason or _reason(exchange.status)}".strip(),
            "code": exchange.status,
            "duration": f"{exchange.headers_s * 1e3:.6f}ms",
        },
    }
    return {**interaction, KEY: added} if added else interaction


def _written(interactions: list[dict[str, Any]]) -> str:
    tree = {"version": 2, "interactions": interactions}
    return "---\n" + yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 30)


def _headers(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Return headers by name as Go writes it, without those that carry secrets."""
    gathered: dict[str, list[str]] = {}
    for name, value in pairs:
        shown = masked_url(value) if "://" in value else value
        if not is_secret(name) and masked_headers({name: value})[name] == value and not _TOKEN.search(shown):
            gathered.setdefault("-".join(map(str.capitalize, name.split("-"))), []).append(shown)
    return gathered


def _scalar(body: bytes) -> str | bytes:
    return body.decode() if is_utf_8(body) else body


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


# How keys and tokens of well-known services begin, whatever header they stand in.
_TOKEN = re.compile(r"\b(?:sk-|sk_live_|xai-|gsk_|AKIA|ASIA|AIza|ghp_|github_pat_|hf_|eyJ)[\w-]{12,}")


class _Dumper(yaml.CSafeDumper):
    """Write lists of numbers on one line, and texts of many lines as blocks, as go-vcr does."""


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _represent_list(dumper: yaml.CSafeDumper, items: list[Any]) -> yaml.SequenceNode:
    numbers = bool(items) and all(isinstance(item, int | float) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=numbers)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)
