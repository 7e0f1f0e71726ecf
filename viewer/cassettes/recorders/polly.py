"""Polly.JS: https://netflix.github.io/pollyjs, a HAR with extra keys, in JSON or (with some persisters) YAML.

Polly.JS reads a response as a whole, so `time` and `wait` both cover the whole stream. A compressed body is a JSON list of
its network chunks (adapter-node-http, `getBodyFromChunks`), in base64 since version 5 and in hexadecimal before.
"""

import base64
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import har
from viewer.files.content_encoding import GZIP
from viewer.text.json import as_text, mapping, parse
from viewer.types.formats import About
from viewer.types.http import Headers

ABOUT = (
    About(
        "polly",
        "Polly.JS",
        "https://netflix.github.io/pollyjs",
        "HAR in JSON or YAML, versions 4 to 6",
        "start, length of the response",
    ),
)


def recognise(document: Document) -> int:
    """Look for a HAR with the name of a recording, or with Polly as its creator."""
    if not har.recognise(document):
        return 0
    log = har.log(document)
    return 95 if "_recordingName" in log or as_text(_creator(log).get("name")).startswith("Polly") else 0


def read(document: Document) -> Recording:
    """Return the entries as interactions, in the order of the file."""
    version = as_text(_creator(har.log(document)).get("version") or "")
    return har.read_as(document, "polly", version, _read_body)


def _creator(log: dict[str, Any]) -> dict[str, Any]:
    return mapping(log.get("creator"))


def _read_body(holder: dict[str, Any], headers: Headers) -> bytes:
    if holder.get("textJSON") is not None:
        return fields.body(holder["textJSON"])
    text = holder.get("text")
    if not isinstance(text, str):
        return fields.body(text)
    encoding = as_text(holder.get("encoding") or "").lower()
    if encoding == "base64":
        return _decode(text, "base64")
    if encoding == "hex" or holder.get("_isBinary"):
        return _decode(text, "hex", "base64")
    if "content-encoding" in headers:
        # Versions before 5 mark neither the chunks of a compressed body nor text that was decompressed.
        body = _decode(text, "hex")
        return body if body.startswith(GZIP) else fields.body(text)
    return fields.body(text)


def _decode(text: str, *encodings: str) -> bytes:
    """Decode text or a JSON list of pieces with the first encoding that fits. Return the text itself if none fits."""
    pieces = _pieces(text)
    for encoding in encodings:
        try:
            return b"".join(
                base64.b64decode("".join(piece.split()), validate=True)
                if encoding == "base64"
                else bytes.fromhex(piece)
                for piece in pieces
            )
        except ValueError:
            continue
    return fields.body(text)


def _pieces(text: str) -> list[str]:
    if not text.startswith("["):
        return [text]
    try:
        pieces = parse(fields.body(text))
    except ValueError:
        return [text]
    return pieces if isinstance(pieces, list) and all(isinstance(piece, str) for piece in pieces) else [text]
