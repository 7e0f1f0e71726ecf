"""Rewrite a recorded file with other texts in it. Everything else stays byte for byte."""

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable
from functools import partial

from viewer.cassettes.document import Document
from viewer.cassettes.syntax.joined_json import is_joined
from viewer.files.content_encoding import GZIP, inflate
from viewer.files.zip_recording import ZIP
from viewer.redaction.bodies import to_bytes, to_text
from viewer.redaction.json_keys.strings import find_strings
from viewer.redaction.rewriting.plain_text import rewrite_plain
from viewer.redaction.rewriting.replacements import Replacements, read_strings
from viewer.redaction.rewriting.session_lines import rewrite_lines
from viewer.redaction.rewriting.strings import redact_strings
from viewer.redaction.rewriting.yaml_comments import redact_comments
from viewer.redaction.rewriting.yaml_scalars import Scalar, parse_scalars, replace_scalars
from viewer.redaction.rules import Rules
from viewer.redaction.units import redact_units
from viewer.streams.cassette import Cassette
from viewer.text.base64 import unpack
from viewer.types.problems import CassetteError
from viewer.wire.sniff import is_json, is_json_lines

GO_VCR_ADVICE = "Write it as a go-vcr cassette instead."
_PLACE = "elsewhere in the file"
_SURROGATE = re.compile("[\ud800-\udfff]")
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
    written = rewrite_lines(document.data, cassette, redacted)
    if written is None:
        written = _rewrite_text(document, name, cassette, redacted, replacements, rules)
    return gzip.compress(written, mtime=0) if data.startswith(GZIP) else written


def _rewrite_text(
    document: Document, name: str, cassette: Cassette, redacted: Cassette, replacements: Replacements, rules: Rules
) -> bytes:
    if document.data.startswith(ZIP) or not _is_text(document.data) or cassette.format in _FORMATS_WITH_SIZES:
        raise CassetteError(
            name,
            f"this {cassette.format} recording is binary or stores the sizes of its texts, so it cannot be rewritten in place.",
            GO_VCR_ADVICE,
        )
    bodies = [one.response.body for one in cassette.interactions]
    if b"".join(bodies).strip() == document.data.strip() and not any(one.request.url for one in cassette.interactions):
        # The file is nothing but the response bodies.
        return b"".join(one.response.body for one in redacted.interactions)
    return to_bytes(_rewriter(document, name, cassette)(document.data.decode(), replacements, rules))


def _rewriter(document: Document, name: str, cassette: Cassette) -> Callable[[str, Replacements, Rules], str]:
    """Return the function that rewrites a text in the syntax of a file."""
    if is_json(document.data) or is_json_lines(document.data) or is_joined(document.data):
        return _rewrite_json
    if document.tree is not None and document.broken is None and isinstance(document.tree, dict | list):
        return partial(_rewrite_yaml, name)
    header_names = {
        name.lower() for one in cassette.interactions for part in (one.request, one.response) for name in part.headers
    }
    return lambda text, replacements, rules: rewrite_plain(text, header_names, replacements, rules, _PLACE)


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
    for (begin, end), old, new in zip(
        find_strings(text), strings, redact_strings(strings, replacements, rules, _PLACE), strict=True
    ):
        if old != new:
            parts += (text[place:begin], _json_escape(new))
            place = end
    parts.append(text[place:])
    return _redact_rest("".join(parts), replacements.searched, rules)


def _redact_rest(text: str, searched: Collection[str], rules: Rules) -> str:
    """Redact a JSON text except those of its strings that were searched before."""
    written = [text[begin:end] for begin, end in find_strings(text)]
    skipped = {index for index, string in enumerate(read_strings(text)) if string in searched}
    if not skipped:
        return redact_units([text], rules, _PLACE)[0]
    shown = ["" if index in skipped else string for index, string in enumerate(written)]
    redacted = redact_units([_with_written(text, shown)], rules, _PLACE)[0]
    again = [redacted[begin:end] for begin, end in find_strings(redacted)]
    if len(again) != len(written):
        # A secret extends over several strings.
        return redact_units([text], rules, _PLACE)[0]
    return _with_written(redacted, [written[index] if index in skipped else one for index, one in enumerate(again)])


def _json_escape(text: str) -> str:
    # UTF-8 has no surrogates. They can only be written as escapes.
    has_surrogates = not text.isascii() and _SURROGATE.search(text) is not None
    return json.dumps(text, ensure_ascii=has_surrogates)[1:-1]


def _rewrite_yaml(name: str, text: str, replacements: Replacements, rules: Rules) -> str:
    """Rewrite the scalars of a YAML text. They are redacted as JSON, where keys and positions are known."""
    tree = parse_scalars(text)
    without_comments = redact_comments(text, tree.scalars, rules, _PLACE)
    if without_comments != text:
        # An anchor may have got another name.
        text, tree = without_comments, parse_scalars(without_comments)
    texts = [_binary_text(scalar) if scalar.is_binary else scalar.value for scalar in tree.in_json()]
    as_json = _with_strings(tree.as_json, redact_strings(texts, replacements, rules, _PLACE))
    redacted = read_strings(_redact_rest(as_json, replacements.searched, rules))
    if len(redacted) != len(texts):
        raise CassetteError(
            name, "a secret extends over several values, so it cannot be removed in place.", GO_VCR_ADVICE
        )
    changed: dict[int, str | bytes] = {}
    for index, old, new in zip(tree.indices, texts, redacted, strict=True):
        if old != new:
            scalar = tree.scalars[index]
            changed[index] = _pack_binary(scalar, new) if scalar.is_binary else new
    return _move_arrivals(replace_scalars(text, tree.scalars, changed), replacements)


def _with_strings(as_json: str, strings: Iterable[str]) -> str:
    """Replace all strings of a JSON text."""
    return _with_written(as_json, map(_json_escape, strings))


def _with_written(as_json: str, strings: Iterable[str]) -> str:
    """Replace all strings of a JSON text by others, which are escaped already."""
    parts: list[str] = []
    place = 0
    for (begin, end), string in zip(find_strings(as_json), strings, strict=True):
        parts += (as_json[place:begin], string)
        place = end
    return "".join([*parts, as_json[place:]])


def _binary_text(scalar: Scalar) -> str:
    """Return the text of a binary scalar, decompressed if necessary."""
    data = _unpack_binary(scalar)
    if data is None:
        return scalar.value
    return to_text(inflate(data)[0] if data.startswith(GZIP) else data)


def _pack_binary(scalar: Scalar, new: str) -> str | bytes:
    """Return the base64 of a new text, compressed if that of the scalar was. A scalar that is not base64 becomes the text."""
    old = _unpack_binary(scalar)
    if old is None:
        return new
    data = to_bytes(new)
    return b64encode(gzip.compress(data, mtime=0) if old.startswith(GZIP) else data)


def _unpack_binary(scalar: Scalar) -> bytes | None:
    """Return the bytes of a binary scalar. Return None if it is tagged as binary but is not base64."""
    try:
        return unpack(scalar.value)
    except ValueError:
        return None


def _move_arrivals(text: str, replacements: Replacements) -> str:
    """Update the byte offsets of the arrivals that this viewer's recorder writes."""
    for before, after in replacements.moved_ends:
        text = text.replace(f"ends: [{', '.join(map(str, before))}]", f"ends: [{', '.join(map(str, after))}]", 1)
    return text
