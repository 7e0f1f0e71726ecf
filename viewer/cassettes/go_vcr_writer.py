"""Write interactions as go-vcr 3 and 4 write them (format version 2), with one extra key for the arrival of each event.

go-vcr ignores keys that it does not know, so it replays such a cassette like one of its own. Everything is written as it is:
secrets must be removed before.
"""

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import yaml

from viewer.cassettes.recorders.go_vcr import EXTENSION_KEY
from viewer.text.json import is_utf_8
from viewer.text.safe import well_formed
from viewer.types.http import Headers, Interaction

# Longer than any line: go-vcr does not fold long texts.
_UNFOLDED_WIDTH = 1 << 30
# Names that Go writes in its own case. It keeps others as they are: https://pkg.go.dev/net/textproto#CanonicalMIMEHeaderKey
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# These end a line in YAML 1.1 and not in YAML 1.2, so that only an escape is read alike by all.
_LINE_ENDS_OF_YAML_1_1 = re.compile("[\u2028\u2029]")
# YAML 1.2 reads numbers that YAML 1.1 takes for texts, such as 1.5e3.
_NUMBER_BEGINS = frozenset("+-.0123456789")


def interaction_tree(index: int, interaction: Interaction, extension: dict[str, Any]) -> dict[str, Any]:
    """Return one interaction of a cassette as plain data. `extension` is what this project adds."""
    request, response = interaction.request, interaction.response
    tree = {
        "id": index,
        "request": {
            "proto": "HTTP/1.1",
            "proto_major": 1,
            "proto_minor": 1,
            "content_length": len(request.body),
            "host": _host(request.url),
            "body": _scalar(request.body),
            "headers": _headers(request.headers),
            "url": request.url,
            "method": request.method,
        },
        "response": {
            "proto": "HTTP/1.1",
            "proto_major": 1,
            "proto_minor": 1,
            "content_length": len(response.body),
            "uncompressed": False,
            "body": _scalar(response.body),
            "headers": _headers(response.headers),
            "status": f"{response.status or ''} {response.reason or _reason(response.status)}".strip(),
            "code": response.status or 0,
            "duration": f"{(interaction.times.headers_s or 0.0) * 1e3:.6f}ms",
        },
    }
    return {**tree, EXTENSION_KEY: extension} if extension else tree


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


def _headers(headers: Headers) -> dict[str, list[str]]:
    """Return headers under the names that Go writes."""
    return {_canonical(name): [value] for name, value in headers.items()}


def _canonical(name: str) -> str:
    return "-".join(map(str.capitalize, name.split("-"))) if _TOKEN.fullmatch(name) else name


def _scalar(body: bytes) -> str | bytes:
    return body.decode() if is_utf_8(body) else body


def _reason(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""


class _Dumper(yaml.CSafeDumper):
    """Writes lists of numbers on one line, and texts of several lines as blocks, as go-vcr does."""


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    # YAML has no half surrogate pairs, neither raw nor escaped.
    text = well_formed(text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    if "\n" in text:
        return '"' if _LINE_ENDS_OF_YAML_1_1.search(text) else "|"
    return "'" if text[:1] in _NUMBER_BEGINS else None


def _represent_list(dumper: yaml.CSafeDumper, items: list[Any]) -> yaml.SequenceNode:
    numbers = bool(items) and all(isinstance(item, int | float) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=numbers)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)
