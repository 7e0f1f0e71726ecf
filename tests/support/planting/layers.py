"""Every text that is in a file, whatever it is packed in: escapes, base64, hex, compression, and pieces spread over events."""

import base64
import binascii
import contextlib
import html
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

_MAX_DEPTH = 4
# What base64 holds is rarely more than base64 once more.
_PACKED_DEPTH = 2
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_SHORT_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
# Line ends may be real, or escaped as in JSON, and be followed by the indentation of YAML.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{15,}(?:(?:\\r|\\n|\s){1,24}[A-Za-z0-9+/_-]{6,})*")
_BASE64_PART = re.compile(r"[A-Za-z0-9+/_-]{6,}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_HEX_ESCAPED_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
# ASCII, and the first bytes of other characters.
_TEXT_BYTES = bytes([*range(32, 127), *range(0xC0, 0x100), *b"\n\r\t\0"])
_URL_SAFE = str.maketrans("-_", "+/")


def texts_in(data: bytes | str) -> Iterator[str]:
    """Yield the text of a file, then what its escapes and packed parts say, to some depth."""
    yield from _layers(decompressed(data) if isinstance(data, bytes) else data, 0)


def decompressed(data: bytes) -> str:
    """Return data as text, decompressed if it is compressed."""
    if data.startswith(b"\x1f\x8b"):
        with contextlib.suppress(zlib.error):
            data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data)
    return data.decode("utf-8", "replace")


def _layers(text: str, depth: int) -> Iterator[str]:
    yield text
    if depth >= _MAX_DEPTH:
        return
    for inner in {*_unescaped(text)} - {text}:
        yield from _layers(inner, depth + 1)
    if packed := "\n".join(_unpacked(text)):
        yield from _layers(packed, depth + _PACKED_DEPTH)


def _unescaped(text: str) -> Iterator[str]:
    if "\\" in text:
        yield _ESCAPE.sub(_one_unescaped, text)
    if _HEX_ESCAPED_PERCENT.search(text):
        yield unquote(text, errors="replace")
    if "&" in text and ";" in text:
        yield html.unescape(text)


def _one_unescaped(match: re.Match[str]) -> str:
    if code := match[1] or match[2]:
        return chr(int(code, 16))
    return _SHORT_ESCAPES.get(match[3], match[3])


def _unpacked(text: str) -> Iterator[str]:
    """Yield what runs of base64 and hex hold, where it is text or compressed text."""
    for run in _BASE64.finditer(text):
        parts = _BASE64_PART.findall(run[0])
        # The lines of one folded run, or words beside one another.
        for packed in {"".join(parts), *parts}:
            for shift in range(4):
                piece = packed[shift:].translate(_URL_SAFE)
                try:
                    data = base64.b64decode(piece[: len(piece) // 4 * 4])
                    # The last two or three characters hold one or two more bytes.
                    rest = piece[len(piece) // 4 * 4 :]
                    data += base64.b64decode(rest + "=" * (-len(rest) % 4)) if len(rest) > 1 else b""
                except binascii.Error:
                    continue
                if data.startswith(b"\x1f\x8b") or _is_mostly_text(data):
                    yield decompressed(data)
    for run in _HEX.finditer(text):
        data = bytes.fromhex(run[0])
        if data.startswith(b"\x1f\x8b") or _is_mostly_text(data):
            yield decompressed(data)


def _is_mostly_text(data: bytes) -> bool:
    return len(data) >= 6 and len(data.translate(None, _TEXT_BYTES)) <= len(data) * 0.4


def joined_by_path(data: bytes) -> Iterator[str]:
    """Yield the strings at each place of the JSON events of a body, joined over its events."""
    joined: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for line in decompressed(data).splitlines():
        try:
            tree = json.loads(line.removeprefix("data:"))
        except ValueError:
            continue
        for path, text in _strings(tree, ()):
            joined[path].append(text)
    for texts in joined.values():
        if len(texts) > 1:
            yield "".join(texts)


def _strings(tree: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, dict):
        for name, value in tree.items():
            yield from _strings(value, (*path, name))
    elif isinstance(tree, list):
        for value in tree:
            yield from _strings(value, (*path, "[]"))
