"""Rewrite recorded files that are neither JSON nor YAML: dumps of HTTP, curl's output, XML, TOML, scripts."""

import re
from collections.abc import Collection

from viewer.redaction.bodies import to_bytes, to_text
from viewer.redaction.marks import MARK, mark_visible
from viewer.redaction.names import header_rule, is_placeholder
from viewer.redaction.packed_strings import redact_packed
from viewer.redaction.rewriting.replacements import MIN_SEARCHED_LENGTH, Replacements
from viewer.redaction.rules import Rules
from viewer.redaction.texts import redact_text
from viewer.redaction.units import redact_units
from viewer.text.masks import MASK
from viewer.wire.framing import split_events

# A line of `curl -v` begins with a sign.
_HEADER_LINE = re.compile(r"^([<>*+ \t]{0,8}([A-Za-z][A-Za-z0-9_-]{1,60}):[ \t]*)([^\r\n]+)", re.MULTILINE)
_CURL_SIGNS = (">", "<")
_REQUEST_LINE = re.compile(r"^[<>* \t]{0,4}[A-Z]{3,10} \S+ HTTP/[0-9.]+", re.MULTILINE)
# A header that goes on in the next lines (RFC 9112, 5.2), and is masked up to the end of the first.
_FOLDED = re.compile(
    r"^([<>*+ \t]{0,8}([A-Za-z][A-Za-z0-9_-]{1,60}):[^\r\n]*\*)((?:\r?\n[ \t]+[^\s][^\r\n]*)+)", re.MULTILINE
)
# Heads of messages are read as Latin-1, which has no other marks.
_HEAD_MARK = "*"
_HEAD_MASK = _HEAD_MARK * 3
# Burp stores whole messages like this, and others their bodies. The last of several lines may be shorter.
_PACKED = re.compile(
    r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40,}+(?:\r?\n[A-Za-z0-9+/]{40,}+)*+(?:\r?\n[A-Za-z0-9+/]{1,76}={1,2}|={0,2})"
)


def rewrite_plain(
    text: str, header_names: Collection[str], replacements: Replacements, rules: Rules, where: str
) -> str:
    """Rewrite a text: first known bodies, URLs and header values, then lines that are headers, then the rest.

    Args:
        text: the content of the file.
        header_names: the names of all headers in the cassette, in lower case.
        replacements: what differs between the cassette and its redacted version.
        rules: finds secrets in the rest of the file.
        where: the place that findings name.
    """

    def rewritten(data: bytes) -> bytes:
        return to_bytes(_rewrite_messages(to_text(data), header_names, replacements, rules, where))

    text = _replace_whole(text, replacements)
    text = _PACKED.sub(lambda run: redact_packed(run[0], rewritten), text)
    return _rewrite_messages(text, header_names, replacements, rules, where)


def _replace_whole(text: str, replacements: Replacements) -> str:
    # The longest first: a body may contain a URL.
    for old, new in sorted(replacements.whole.items(), key=lambda pair: len(pair[0]), reverse=True):
        if len(old) >= MIN_SEARCHED_LENGTH:
            text = text.replace(old, new)
    return text


def _rewrite_messages(
    text: str, header_names: Collection[str], replacements: Replacements, rules: Rules, where: str
) -> str:
    text = _mask_header_lists(_replace_whole(text, replacements), replacements)
    text = _mask_header_lines(text, header_names, rules)
    raw = to_bytes(text)
    framed = split_events("", raw)
    if framed is None:
        text = redact_units([text], rules, where, continued=False)[0]
        text = redact_text(text, rules, where, second_pass=True)
    else:
        units = [to_text(raw[one.offset : one.offset + one.size]) for one in framed[0]]
        text = "".join(redact_units(units, rules, where))
    return _mark_heads(text, header_names)


def _mask_header_lists(text: str, replacements: Replacements) -> str:
    """Mask the values of secret headers behind their names, as in `"set-cookie": ["a=1", "b=2"]` of a script."""
    for name, values in replacements.masked_headers:
        written = r"([\"'][,\s]{1,40}[\"'])".join(map(re.escape, values))
        pattern = re.compile(rf"(?i:({re.escape(name)}))([\"'][\"'\s:,=\[(]{{1,60}}){written}(?=[\"'])")
        text = pattern.sub(lambda match: match[1] + "".join(f"{one}{MASK}" for one in match.groups()[1:]), text)
    return text


def _mask_header_lines(text: str, header_names: Collection[str], rules: Rules) -> str:
    """Mask secret headers in lines such as `> Authorization: …`."""

    def masked(match: re.Match[str]) -> str:
        start, name, value = match[1], match[2], match[3].strip()
        if not _is_header(match, header_names) or is_placeholder(value):
            return match[0]
        rule = header_rule(name, value)
        if rule is None or not rules.concerns(rule) or rules.ledger.keeps(rule, value):
            return match[0]
        return start + _HEAD_MASK

    return _HEADER_LINE.sub(masked, text)


def _mark_heads(text: str, header_names: Collection[str]) -> str:
    """Write the marks in the heads of messages as asterisks, and mark what a masked header has in further lines."""

    def marked(match: re.Match[str]) -> str:
        return match[0].replace(MARK, _HEAD_MARK) if _is_header(match, header_names) else match[0]

    def unfolded(match: re.Match[str]) -> str:
        more = mark_visible(match[3]).replace(MARK, _HEAD_MARK)
        return match[1] + more if _is_header(match, header_names) else match[0]

    text = _REQUEST_LINE.sub(lambda match: match[0].replace(MARK, _HEAD_MARK), text)
    return _FOLDED.sub(unfolded, _HEADER_LINE.sub(marked, text))


def _is_header(line: re.Match[str], header_names: Collection[str]) -> bool:
    """Tell whether a line is a header: because the cassette has one of that name, or by the sign that curl puts before it."""
    return line[2].lower() in header_names or line[1].lstrip().startswith(_CURL_SIGNS)
