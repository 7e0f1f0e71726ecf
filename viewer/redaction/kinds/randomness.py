"""Tell random characters from words and filler, and check the checksums that some services put into their tokens.

A valid checksum proves that a text is a token, wherever it stands. An invalid one proves nothing: people shorten tokens and make
them up, and what looks random stays a secret. So a checksum only ever adds to what is found.
"""

import binascii
import re
import struct
from collections.abc import Callable

_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE_36 = _BASE_62[:10] + _BASE_62[36:]
# Nobody's random characters hold these: a word of seven letters turns up once in 10^10 tokens.
_FILLER = re.compile(
    r"(?i:example|placeholder|redacted|your[_-](?:api|key|token|secret)|(?:api|secret|token)[_-]?key[_-]?here)"
    r"|x{8}|X{8}|\*{4}|\.{4}|(?:0123456789|123456789){2}|([A-Za-z0-9])\1{15}"
)
_DIGEST = re.compile("[0-9a-f-]{20,}|[0-9A-F-]{20,}")
_FEWEST_CHARACTERS = 4
# Further characters are not looked at, so that a text of many beginnings of tokens takes little time.
_LONGEST_FILLER = 1000
# So many random characters of base64 have half as many changes. Names in code have one every four letters.
_READ_BEFORE = 32
_FEWEST_CHANGES = 9
# Zeros, of which much of a quiet sound consists.
_SILENCE = "AAA"
_BASE_64_MARKS = ("-", "_", "+", "/")
_BASE_64_BEFORE = re.compile(rf"[A-Za-z0-9_-]{{{_READ_BEFORE}}}|[A-Za-z0-9+/]{{{_READ_BEFORE}}}")
_CLASS_CHANGE = re.compile(r"[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])")


def is_filler(body: str) -> bool:
    """Return whether what follows the beginning of a token only holds a place: `xxxxxxxx`, `your-key-here`."""
    return len(set(body)) < _FEWEST_CHARACTERS or _FILLER.search(body, 0, _LONGEST_FILLER) is not None


def looks_random(body: str) -> bool:
    """Return whether characters look random, unlike names in code: digits and both cases, or many changes between them.

    Of 24 random letters and digits 1.5 % have no digit, and 0.3 % have neither a digit nor ten changes. A name in camel case
    has two changes every six letters.
    """
    changes = len(_CLASS_CHANGE.findall(body))
    if re.search("[0-9]", body) is None:
        return 5 * changes >= 2 * len(body)
    return 3 * changes >= len(body) or bool(re.search("[a-z]", body) and re.search("[A-Z]", body))


def is_digest(body: str) -> bool:
    """Return whether characters are a hash or a number in hexadecimal: so many random letters go beyond f."""
    return _DIGEST.fullmatch(body) is not None


def continues_base64(text: str, place: int) -> bool:
    """Return whether the characters before a place are base64 that goes on there: those of a sound, an image or a random id."""
    before = text[max(0, place - _READ_BEFORE) : place]
    if before[-1:] not in _BASE_64_MARKS or not _BASE_64_BEFORE.fullmatch(before):
        return False
    if _SILENCE in before:
        return True
    is_mixed = before.lower() != before != before.upper()
    return is_mixed and len(_CLASS_CHANGE.findall(before)) >= _FEWEST_CHANGES


def has_base62_checksum(token: str) -> bool:
    """Check a token whose last six characters are the CRC-32 of those after its prefix: GitHub, npm, Vercel.

    https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    """
    body = token.partition("_")[2]
    return _in_base(binascii.crc32(body[:-6].encode()), _BASE_62, 6) == body[-6:]


def has_base36_checksum(token: str) -> bool:
    """Check a routable token of GitLab, whose last seven characters are the CRC-32 of those before.

    https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/
    """
    return _in_base(binascii.crc32(token[:-7].encode()), _BASE_36, 7) == token[-7:]


def has_hex_checksum(token: str) -> bool:
    """Check a token whose last eight characters are the CRC-32 of those before, as hex with the lowest byte first: Grafana.

    https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go
    """
    body, _, checksum = token.rpartition("_")
    return struct.pack("<I", binascii.crc32(body.encode())).hex() == checksum


def _in_base(number: int, digits: str, length: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, len(digits))
        text = digits[digit] + text
    return text.rjust(length, digits[0])


Checksum = Callable[[str], bool]
