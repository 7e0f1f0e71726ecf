"""Rewrite a recorded file with other texts in it. Everything else stays byte for byte."""

import gzip
import json
import re
from base64 import b64encode

from viewer.cassettes.document import Document
from viewer.cassettes.syntax.joined_json import is_joined
from viewer.files.content_encoding import GZIP, inflate
from viewer.files.zip_recording import ZIP
from viewer.redaction.bodies import to_bytes, to_text
from viewer.redaction.json_strings import find_strings
from viewer.redaction.names import header_rule, is_placeholder
from viewer.redaction.replacements import MIN_SEARCHED_LENGTH, Replacements, read_strings
from viewer.redaction.rules import Rules
from viewer.redaction.texts import redact_text
from viewer.redaction.units import redact_units
from viewer.redaction.yaml_scalars import Scalar, parse_scalars, replace_scalars
from viewer.streams.cassette import Cassette
from viewer.text.base64 import unpack
from viewer.text.masks import MASK
from viewer.types.problems import CassetteError
from viewer.wire.framing import split_events
from viewer.wire.sniff import is_json, is_json_lines

GO_VCR_ADVICE = "Write it as a go-vcr cassette instead."
_PLACE = "elsewhere in the file"
_HEADER_LINE = re.compile(r"^([<>*+ \t]{0,8}([A-Za-z][A-Za-z0-9_-]{1,60}):[ \t]*)([^\r\n]+)", re.MULTILINE)
# These formats write the size of each text before it.
_FORMATS_WITH_SIZES = frozenset({"mitmproxy", "httprr"})


def rewrite(
    data: bytes, name: str, cassette: Cassette, redacted: Cassette, replacements: Replacements, rules: Rules
) -> bytes:
    """Return a recorded file with redacted texts, also those that are not part of the cassette.

    Raise `CassetteError` if the format does not allow it.

    Args:
        data: the content of the file.
        name: its name, for messages.
        cassette: the file as opened.
        redacted: the cassette without its secrets.
        replacements: what differs between the two.
        rules: finds secrets in the rest of the file.
    """
    document = Document(data, name)
    if data.startswith(ZIP) or not _is_text(document.data) or cassette.format in _FORMATS_WITH_SIZES:
        raise CassetteError(
            name,
            f"this {cassette.format} recording is binary or stores the sizes of its texts, so it cannot be rewritten in place.",
            GO_VCR_ADVICE,
        )
    text = document.data.decode()
    bodies = [one.response.body for one in cassette.interactions]
    if b"".join(bodies).strip() == document.data.strip() and not any(one.request.url for one in cassette.interactions):
        # The file is nothing but the response bodies.
        written = b"".join(one.response.body for one in redacted.interactions)
    elif is_json(document.data) or is_json_lines(document.data) or is_joined(document.data):
        written = to_bytes(_rewrite_json(text, replacements, rules))
    elif document.tree is not None and document.broken is None and isinstance(document.tree, dict | list):
        written = _rewrite_yaml(text, replacements, rules).encode()
    else:
        written = to_bytes(_rewrite_plain(text, cassette, replacements, rules))
    return gzip.compress(written, mtime=0) if data.startswith(GZIP) else written


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _rewrite_json(text: str, replacements: Replacements, rules: Rules) -> str:
    """Rewrite the strings of JSON values that follow one another."""
    strings = read_strings(text)
    parts: list[str] = []
    place = 0
    for (begin, end), old, new in zip(find_strings(text), strings, replacements.replace_all(strings), strict=True):
        if old != new:
            parts += (text[place:begin], _json_escape(new))
            place = end
    parts.append(text[place:])
    return redact_units(["".join(parts)], rules, _PLACE)[0]


def _json_escape(text: str) -> str:
    # UTF-8 has no surrogates. They can only be written as escapes.
    has_surrogates = any("\ud800" <= one <= "\udfff" for one in text)
    return json.dumps(text, ensure_ascii=has_surrogates)[1:-1]


def _rewrite_yaml(text: str, replacements: Replacements, rules: Rules) -> str:
    """Rewrite the scalars of a YAML text. They are redacted as JSON, where keys and positions are known."""
    tree = parse_scalars(text)
    texts = [_binary_text(scalar) if scalar.is_binary else scalar.value for scalar in tree.scalars]
    as_json = _with_strings(tree.as_json, list(replacements.replace_all(texts)))
    redacted = read_strings(redact_units([as_json], rules, _PLACE)[0])
    changed: dict[int, str | bytes] = {}
    for index, (scalar, old, new) in enumerate(zip(tree.scalars, texts, redacted, strict=True)):
        if old != new:
            changed[index] = _pack_binary(scalar, new) if scalar.is_binary else new
    return _move_arrivals(replace_scalars(text, tree.scalars, changed), replacements)


def _with_strings(as_json: str, strings: list[str]) -> str:
    """Replace all strings of a JSON text."""
    parts: list[str] = []
    place = 0
    for (begin, end), string in zip(find_strings(as_json), strings, strict=True):
        parts += (as_json[place:begin], _json_escape(string))
        place = end
    return "".join([*parts, as_json[place:]])


def _binary_text(scalar: Scalar) -> str:
    """Return the text of a binary scalar, decompressed if necessary."""
    try:
        data = unpack(scalar.value)
    except ValueError:
        return scalar.value
    return to_text(inflate(data)[0] if data.startswith(GZIP) else data)


def _pack_binary(scalar: Scalar, new: str) -> bytes:
    """Return the base64 of a new text, compressed if that of the scalar was."""
    data = to_bytes(new)
    return b64encode(gzip.compress(data, mtime=0) if unpack(scalar.value).startswith(GZIP) else data)


def _move_arrivals(text: str, replacements: Replacements) -> str:
    """Update the byte offsets of the arrivals that this viewer's recorder writes."""
    for before, after in replacements.moved_ends:
        text = text.replace(f"ends: [{', '.join(map(str, before))}]", f"ends: [{', '.join(map(str, after))}]", 1)
    return text


def _rewrite_plain(text: str, cassette: Cassette, replacements: Replacements, rules: Rules) -> str:
    """Rewrite any other text: first known bodies, URLs and header values, then lines that are headers, then the rest."""
    # The longest first: a body may contain a URL.
    for old, new in sorted(replacements.whole.items(), key=lambda pair: len(pair[0]), reverse=True):
        if len(old) >= MIN_SEARCHED_LENGTH:
            text = text.replace(old, new)
    text = _mask_header_lines(text, cassette, rules)
    raw = to_bytes(text)
    framed = split_events("", raw)
    if framed is None:
        text = redact_units([text], rules, _PLACE, continued=False)[0]
        return redact_text(text, rules, _PLACE, second_pass=True)
    units = [to_text(raw[one.offset : one.offset + one.size]) for one in framed[0]]
    return "".join(redact_units(units, rules, _PLACE))


def _mask_header_lines(text: str, cassette: Cassette, rules: Rules) -> str:
    """Mask secret headers in lines such as `> Authorization: …`, if the cassette has a header of that name."""
    names = {
        name.lower() for one in cassette.interactions for part in (one.request, one.response) for name in part.headers
    }

    def masked(match: re.Match[str]) -> str:
        start, name, value = match[1], match[2], match[3]
        rule = header_rule(name, value.strip())
        if rule is None or name.lower() not in names or is_placeholder(value.strip()) or not rules.concerns(rule):
            return match[0]
        return match[0] if rules.ledger.keeps(rule, value.strip()) else start + MASK

    return _HEADER_LINE.sub(masked, text)
