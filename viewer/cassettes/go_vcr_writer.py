"""Write an exchange as go-vcr 3 and 4 write it (format version 2), with one extra key for the arrival of each event.

go-vcr ignores keys that it does not know, so it replays such a cassette like one of its own. Headers and URL parameters
that carry secrets are left out or masked here, before anything is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import yaml

from viewer.cassettes.recorders.go_vcr import EXTENSION_KEY
from viewer.text.json import is_utf_8
from viewer.text.masks import is_secret, masked_headers, masked_url
from viewer.text.safe import well_formed

# Longer than any line: go-vcr does not fold long texts.
_UNFOLDED_WIDTH = 1 << 30

HoldsSecret = Callable[[str], bool]
"""Whether the value of a header holds a secret, so that the header is left out: `viewer.redaction.finder.may_hold_secret`."""


@dataclass(slots=True)
class Exchange:
    """What passed through a recorder. Times are in seconds since the request was sent."""

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
    """The offset in the body at which each piece ends, and when the piece arrived."""
    trouble: str = ""
    """Why the exchange did not end normally; "" if it did."""


def cassette_text(exchange: Exchange, arrivals: Mapping[str, Any], holds_secret: HoldsSecret) -> str:
    """Write the cassette of one exchange, with `arrivals` as the extension holds them."""
    extension: dict[str, Any] = {"started_epoch_s": round(exchange.started_epoch_s, 6)}
    if exchange.trouble:
        extension["trouble"] = exchange.trouble
    return write_cassette([interaction_tree(0, exchange, {**extension, "arrivals": dict(arrivals)}, holds_secret)])


def interaction_tree(
    index: int, exchange: Exchange, extension: dict[str, Any], holds_secret: HoldsSecret
) -> dict[str, Any]:
    """Return one interaction of a cassette as plain data."""
    interaction = {
        "id": index,
        "request": {
            "proto": "HTTP/1.1",
            "proto_major": 1,
            "proto_minor": 1,
            "content_length": len(exchange.request_body),
            "host": _host(exchange.url),
            "body": _scalar(exchange.request_body),
            "headers": _headers(exchange.request_headers, holds_secret),
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
            "headers": _headers(exchange.response_headers, holds_secret),
            "status": f"{exchange.status} {exchange.reason or _reason(exchange.status)}".strip(),
            "code": exchange.status,
            "duration": f"{exchange.headers_s * 1e3:.6f}ms",
        },
    }
    return {**interaction, EXTENSION_KEY: extension} if extension else interaction


def write_cassette(interactions: list[dict[str, Any]]) -> str:
    """Write the interactions of a cassette as YAML."""
    tree = {"version": 2, "interactions": interactions}
    return "---\n" + yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_UNFOLDED_WIDTH)


def _host(url: str) -> str:
    """Return the host of a URL with its port, or "" if the URL is broken."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _headers(pairs: list[tuple[str, str]], holds_secret: HoldsSecret) -> dict[str, list[str]]:
    """Return headers under the names that Go writes, without those that carry secrets."""
    safe: dict[str, list[str]] = {}
    for name, value in pairs:
        masked = masked_url(value) if "://" in value else value
        if not is_secret(name) and masked_headers({name: value})[name] == value and not holds_secret(masked):
            safe.setdefault("-".join(map(str.capitalize, name.split("-"))), []).append(masked)
    return safe


def _scalar(body: bytes) -> str | bytes:
    return body.decode() if is_utf_8(body) else body


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


class _Dumper(yaml.CSafeDumper):
    """Writes lists of numbers on one line, and texts of several lines as blocks, as go-vcr does."""


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    # YAML has no half surrogate pairs, neither raw nor escaped.
    text = well_formed(text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _represent_list(dumper: yaml.CSafeDumper, items: list[Any]) -> yaml.SequenceNode:
    numbers = bool(items) and all(isinstance(item, int | float) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=numbers)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)
