"""Logs of Inspect in its own format `.eval`, a zip file of JSON, as the one JSON object that its format `.json` would be.

https://inspect.aisi.org.uk/eval-logs.html. Newer versions pack the members with Zstandard, which Python's zipfile cannot read
before version 3.14.
"""

import re
import zipfile

from viewer.files.content_encoding import ZSTANDARD, decode_body
from viewer.types.http import Response
from viewer.types.limits import Limits
from viewer.types.problems import CassetteError

_HEADERS = ("header.json", "_journal/start.json")
_SAMPLE = re.compile(r"samples/[^/]{1,300}\.json")
_BY_ZSTANDARD = 93
# The local header of a member: its size without the name and the extra field, and where their lengths stand (APPNOTE 4.3.7).
_LOCAL_HEADER_BYTES, _LENGTHS = 30, slice(26, 30)
_ADVICE = "Write it as JSON with `inspect log convert --to json` and open that."


def header_of(archive: zipfile.ZipFile) -> str:
    """Return the member that begins a log of Inspect; "" if the zip file is another one. A log that was cut has no header."""
    names = {info.filename for info in archive.infolist()}
    is_log = "_journal/start.json" in names or ("header.json" in names and any(map(_SAMPLE.fullmatch, names)))
    return next((name for name in _HEADERS if name in names), "") if is_log else ""


def read_inspect_archive(archive: zipfile.ZipFile, data: bytes, name: str, limits: Limits) -> bytes:
    """Return a log as one JSON object. Raise `CassetteError` if a part of it cannot be read."""
    # A log that was written on has a member twice, of which the last one counts.
    members = {info.filename: info for info in archive.infolist()}
    parts: list[bytes] = []
    size_bytes = 0
    for member in (header_of(archive), *filter(_SAMPLE.fullmatch, members)):
        part = _read(archive, data, members[member], limits, size_bytes)
        if isinstance(part, str):
            raise CassetteError(name, f"is a log of Inspect in which {member[:80]!r} cannot be read: {part}", _ADVICE)
        size_bytes += len(part)
        parts.append(part.strip())
    header, *samples = parts
    begin = header.removesuffix(b"}").rstrip()
    comma = b"" if begin.endswith(b"{") else b","
    return b"".join((begin, comma, b'"samples":[', b",".join(samples), b"]}"))


def _read(
    archive: zipfile.ZipFile, data: bytes, info: zipfile.ZipInfo, limits: Limits, size_before_bytes: int
) -> bytes | str:
    """Return a member's content, or why it cannot be read."""
    if info.compress_type != _BY_ZSTANDARD:
        left = limits.decoded_bytes - size_before_bytes
        with archive.open(info) as member:
            content = member.read(left + 1)
        return content if len(content) <= left else f"it is too large {limits.exceeded('decoded_bytes')}."
    lengths = data[info.header_offset : info.header_offset + _LOCAL_HEADER_BYTES][_LENGTHS]
    begin = info.header_offset + _LOCAL_HEADER_BYTES + int.from_bytes(lengths[:2], "little")
    begin += int.from_bytes(lengths[2:], "little")
    packed = data[begin : begin + info.compress_size]
    if not packed.startswith(ZSTANDARD):
        return "it is damaged or encrypted."
    decoded = decode_body(Response(body=packed), limits, size_before_bytes)
    return decoded.trouble or decoded.data
