"""Files that hold a tree as MessagePack: bare, compressed with zlib, or that in base64.

LangChain's documentation and LangGraph's keep VCR.py cassettes in the last form:
https://github.com/langchain-ai/langgraph/blob/main/docs/_scripts/prepare_notebooks_for_ci.py.
"""

import re
from typing import Any, NamedTuple

from viewer.cassettes.document import Document
from viewer.cassettes.syntax.msgpack import unpack
from viewer.files.content_encoding import decode_body
from viewer.text.base64 import unpack as unpack_base64
from viewer.text.json import mapping
from viewer.types.http import Headers, Response

# What zlib data begins with, whatever its compression level (RFC 1950, 2.2), and the same in base64.
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_ZLIB_IN_BASE64 = re.compile(rb"\s*e(?:A[E-H]|F[4-7]|J[w-z]|N[o-r])[A-Za-z0-9+/\s]++=*+\s*+\Z")
# A MessagePack map of up to 15 values, whose first name has up to 31 letters. A cassette has two, or LangChain's three.
_MAP = re.compile(rb"[\x81-\x8f][\xa1-\xbf][a-z_]")


class PackedTree(NamedTuple):
    """The tree of a packed file, and what is wrong with the file."""

    tree: dict[str, Any]
    """The tree as far as it could be read; empty if it is not an object."""
    troubles: list[str]


def is_packed(document: Document) -> bool:
    """Tell whether a file begins like a MessagePack map, like zlib data, or like zlib data in base64."""
    return any(begin.match(document.data) for begin in (_MAP, _ZLIB, _ZLIB_IN_BASE64))


def unpacked(document: Document) -> PackedTree:
    """Unpack a file that is packed."""
    data = document.data
    troubles = []
    if _ZLIB_IN_BASE64.match(data):
        data = unpack_base64(data.decode())
    if _ZLIB.match(data):
        # As a response with the same compression, so that the same limits apply.
        packed = Response(headers=Headers([("Content-Encoding", "deflate")]), body=data)
        data, trouble = decode_body(packed, document.limits)
        troubles.append(trouble)
    value, trouble = unpack(data, document.limits.depth)
    troubles.append(f"The cassette is not whole: {trouble}." if trouble else "")
    return PackedTree(mapping(value), [trouble for trouble in troubles if trouble])
