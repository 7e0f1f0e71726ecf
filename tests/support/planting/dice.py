"""Random text from templates such as `ghp_{a36}`, and the checksums that some tokens end with."""

import base64
import binascii
import json
import re
import string
import uuid
from random import Random

ALNUM = string.ascii_letters + string.digits
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
ALPHABETS = {
    "a": ALNUM,
    "b": ALNUM + "+/",
    "d": string.digits,
    "h": "0123456789abcdef",
    "l": string.ascii_lowercase + string.digits,
    "q": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "t": string.ascii_letters,
    "u": string.ascii_uppercase + string.digits,
    "v": string.ascii_uppercase + "234567",
    "w": ALNUM + "_-",
}
"""Alphabets by their letter in a template: alphanumeric, base64, digits, hex, lower, Bech32, letters, upper, Base32, URL-safe."""
_FIELD = re.compile(r"\{(uuid|[a-z][0-9]+)\}")
# A shorter field is not unique enough to be searched.
_MIN_UNIQUE = 6


def random_text(dice: Random, length: int, alphabet: str = ALNUM) -> str:
    """Return random characters of an alphabet."""
    return "".join(dice.choices(alphabet, k=length))


def random_uuid(dice: Random) -> str:
    """Return a random UUID of version 4."""
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def fill(template: str, dice: Random) -> tuple[str, tuple[str, ...]]:
    """Fill the fields of a template. Return the text, and those filled fields that are unique to it."""
    unique = []

    def filled(match: re.Match[str]) -> str:
        field = match[1]
        text = random_uuid(dice) if field == "uuid" else random_text(dice, int(field[1:]), ALPHABETS[field[0]])
        if len(text) >= _MIN_UNIQUE:
            unique.append(text)
        return text

    return _FIELD.sub(filled, template), tuple(unique)


def with_checksum(beginning: str, body: str) -> str:
    """Return a token that ends with the CRC-32 of its body in six base-62 digits.

    GitHub and npm issue such tokens: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/.
    """
    number = binascii.crc32(body.encode())
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return beginning + body + digits


def url_safe(data: bytes) -> str:
    """Return data as URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwt(dice: Random) -> tuple[str, tuple[str, ...]]:
    """Return a JSON Web Token, and its unique parts."""
    head = url_safe(b'{"alg":"HS256","typ":"JWT"}')
    subject, signature = random_text(dice, 20), random_text(dice, 43)
    claims = url_safe(json.dumps({"sub": subject, "iat": dice.randrange(10**9, 2 * 10**9)}).encode())
    return f"{head}.{claims}.{signature}", (subject, claims[10:], signature)
