"""Read the notation in which the table of secret kinds writes the form of a secret.

`PMAK-<hex:24>-<hex:34>` is literals and fields of a fixed length. `<url:20+>` is at least 20 characters, `<digit:8-10>` eight
to ten, and `gh{p,o}_` either of two literals. Forms are separated by "or". `CLASSES` names the characters of a field.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

CLASSES = {
    "digit": "0-9",
    "hex": "0-9a-f",
    "anyhex": "0-9A-Fa-f",
    "lower": "0-9a-z",
    "upper": "0-9A-Z",
    "letter": "A-Za-z",
    "alnum": "0-9A-Za-z",
    "word": "0-9A-Za-z_",
    "url": "0-9A-Za-z_-",
    "padded": "0-9A-Za-z_=-",
    "dotted": "0-9A-Za-z_.=-",
    "tilde": "0-9A-Za-z_.~-",
    "base64": "0-9A-Za-z+/",
    "percent": "0-9A-Za-z%+/=_-",
}
_UUID = "<anyhex:8>-<anyhex:4>-<anyhex:4>-<anyhex:4>-<anyhex:12>"
_BRACES = re.compile(r"\{([^}]*)\}")
_FIELD = re.compile(r"<(\w+):(\d+)(\+|-\d+)?>")
# No class has a multiple of it as its size, so that an example goes through all characters of its class.
_STRIDE = 19
# A search looks at the first three characters of an anchor.
MIN_ANCHOR = 3
# No secret begins inside a word.
WORD_BEGIN = r"(?<![A-Za-z0-9])"
# Beginnings of two or three characters are also ends of identifiers, names of files and numbers. `fp_` begins a fingerprint, and
# a slash after a word the next part of a path.
_STRICT_BEGIN = r"(?:(?<![A-Za-z0-9_.$/+-])|(?<=fp_)(?<!\wfp_)|(?<=[a-z]{4}/))"


class Field(NamedTuple):
    """Characters of one class."""

    characters: str
    """The inside of a class of a regular expression."""
    low: int
    high: int | None
    """The largest number of characters; None if there is no limit."""


Part = str | Field
"""A literal, or a field."""


class Form(NamedTuple):
    """One form of a secret, ready to be searched."""

    prefix: str
    """The literal that it begins with, or nothing."""
    anchors: tuple[str, ...]
    """Its first literal if it begins with one, else its longest: at least three characters of it and of what may follow."""
    before: tuple[int, int]
    """The smallest and largest number of characters before the anchor."""
    expression: str


def read_forms(notation: str, *, is_common: bool = False) -> list[Form]:
    """Return the forms of a secret, one for each literal beginning.

    Args:
        notation: one or more forms, separated by "or".
        is_common: whether the beginning is so short that it must not follow any part of an identifier or a path.
    """
    return [_form(parts, is_common=is_common) for parts in _alternatives(notation)]


def example(notation: str) -> str:
    """Return a made-up secret of the first form, the same on every call. A field without a limit has its smallest length."""
    parts = next(_alternatives(notation))
    return "".join(part if isinstance(part, str) else _filling(part) for part in parts)


def _filling(field: Field) -> str:
    """Return as many characters of a field as it has at least, of all its sorts."""
    members = sorted(_members(field.characters))
    return "".join(members[(index * _STRIDE + 3) % len(members)] for index in range(field.low))


def _alternatives(notation: str) -> Iterator[list[Part]]:
    for form in notation.replace("<uuid>", _UUID).split(" or "):
        for literal in _expand(form):
            yield _parts(literal)


def _expand(form: str) -> Iterator[str]:
    braces = _BRACES.search(form)
    if not braces:
        yield form
        return
    for choice in braces[1].split(","):
        yield from _expand(form[: braces.start()] + choice + form[braces.end() :])


def _parts(form: str) -> list[Part]:
    parts: list[Part] = []
    place = 0
    for match in _FIELD.finditer(form):
        if match.start() > place:
            parts.append(form[place : match.start()])
        name, low, limit = match.groups()
        high = int(low) if limit is None else None if limit == "+" else int(limit[1:])
        parts.append(Field(CLASSES[name], int(low), high))
        place = match.end()
    return [*parts, form[place:]] if place < len(form) else parts


def _form(parts: list[Part], *, is_common: bool) -> Form:
    literals = [index for index, part in enumerate(parts) if isinstance(part, str)]
    # A secret that begins with a literal is found by it, even if a longer one follows.
    anchor = 0 if literals[0] == 0 else max(literals, key=lambda index: len(parts[index]))
    preceding = [part if isinstance(part, Field) else Field("", len(part), len(part)) for part in parts[:anchor]]
    before = (sum(part.low for part in preceding), sum(part.high or part.low for part in preceding))
    literal = str(parts[anchor])
    anchors = (
        (literal,)
        if len(literal) >= MIN_ANCHOR
        else tuple(f"{literal}{one}" for one in _following(parts[anchor + 1 :]))
    )
    begin = _STRICT_BEGIN if is_common else WORD_BEGIN
    if isinstance(parts[0], str) and not parts[0][0].isalnum():
        begin = ""
    body = "".join(_expression(part, parts[index + 1 :]) for index, part in enumerate(parts))
    # Base64 of a sound or an image may begin like anything, and goes on with these.
    body += "(?![+/=])" if is_common and body.endswith("+") else ""
    return Form(str(parts[0]) if anchor == 0 else "", anchors, before, begin + body)


def _following(rest: list[Part]) -> str:
    """Return the characters that may begin the next part."""
    return rest[0][0] if isinstance(rest[0], str) else _members(rest[0].characters)


def _expression(part: Part, rest: list[Part]) -> str:
    if isinstance(part, str):
        return re.escape(part) if rest else f"{re.escape(part)}(?![A-Za-z0-9])"
    count = f"{{{part.low}}}" if part.high == part.low else f"{{{part.low},{part.high or ''}}}"
    # Possessive, so that a long run is read once, unless what follows may begin with a character of the class.
    follows = str(rest[0])[0] if rest and isinstance(rest[0], str) else ""
    possessive = "+" if part.high != part.low and follows and follows not in _members(part.characters) else ""
    padding = "={0,2}" if "+/" in part.characters and "=" not in part.characters and not rest else ""
    end = f"(?![A-Za-z0-9{part.characters}])" if part.high is not None and not rest else ""
    possessive = "+" if part.high is None and not rest else possessive
    return f"[{part.characters}]{count}{possessive}{padding}{end}"


@cache
def _members(characters: str) -> str:
    """Return the characters of a class: of `0-9_-` the digits, the underscore and the hyphen."""
    ranges = re.findall("(.)-(.)", characters)
    singles = re.sub("(.)-(.)", "", characters)
    return singles + "".join(chr(code) for low, high in ranges for code in range(ord(low), ord(high) + 1))
