"""Find secrets by their names in JSON that stands in a text.

The text may be JSON itself, JSON within prose or a Markdown fence, a list of JSON values, or JSON that is cut off. It may be
written in another JSON text, so that its quotes are escaped once or several times.
"""

import re
from collections.abc import Iterator, Sequence

from viewer.redaction.escapes import decode
from viewer.redaction.json_keys.leaves import find_named_leaves
from viewer.redaction.json_keys.names import mention_secret
from viewer.redaction.json_keys.strings import StringSpan, find_leaves, find_strings
from viewer.redaction.spans import SecretSpan

# How many layers of JSON within JSON are decoded.
_MAX_DEPTH = 4
# .NET writes a quote within a text as \u0022.
_ESCAPED_QUOTES = ('\\"', "\\u0022")
_QUOTED_WORD = re.compile(r'(?:"|u0022)([A-Za-z_$][\w.$ -]{0,63})(?=\\{0,32}(?:"|\\u0022))')
# Nearly every `token` is a piece of text, and every `key` an index. A credential after it, or after the key of its value, is long.
_LONG_VALUE = re.compile(
    r'(?:token|key|tok|session(?:[._-]?id)?)s?[0-9_]{0,4}\\{0,32}".{0,60}?"[A-Za-z0-9._~+/=:-]{16}',
    re.IGNORECASE | re.DOTALL,
)
_START = re.compile(r'[{\[](?=[ \t\r\n]*+["{\[])|"[^"\\\0\n]{1,100}+"(?=[ \t\r\n]*+:)')
# NUL separates texts that are searched together.
_CONTENT = r'"[^"\\\0]*+(?:\\[^\0][^"\\\0]*+)*+'
# Objects that follow one another are read one by one. A quote that something else than JSON follows may be the beginning of another string.
_BODY = re.compile(
    rf'(?:[ \t\r\n{{\[\],:]++|}}(?!\n?{{)|{_CONTENT}"(?=[ \t\r\n]*+(?:[,:}}\]\0]|\Z))'
    r"|-?[0-9][0-9.eE+-]*+|true|false|null)*+",
    re.DOTALL,
)
_LAST_STRING = re.compile(rf'{_CONTENT}"', re.DOTALL)
_OPEN_STRING = re.compile(rf'{_CONTENT}(?:"|\\?\Z)', re.DOTALL)


def mentions_named(text: str) -> bool:
    """Return whether a text has a quoted word that may be the name of a secret. Nearly every text has none."""
    if '"' not in text and "u0022" not in text:
        return False
    mention = mention_secret(set(_QUOTED_WORD.findall(text)))
    return _LONG_VALUE.search(text) is not None if mention is None else mention


def find_named_in_text(text: str, depth: int = _MAX_DEPTH, *, may_be_cut: bool = False) -> Iterator[SecretSpan]:
    """Yield the secrets by name in the JSON of a text.

    Args:
        text: any text.
        depth: how many layers of JSON within JSON are decoded.
        may_be_cut: whether a string that the end of the text cuts off is a value too. It may also be the first half of a
            placeholder.
    """
    if not mentions_named(text):
        return
    begin = 0
    fragments: list[tuple[int, int]] = []
    while match := _START.search(text, begin):
        body = _BODY.match(text, match.start())
        end = body.end() if body else match.end()
        last = (_OPEN_STRING if may_be_cut else _LAST_STRING).match(text, end)
        fragments.append((match.start(), last.end() if last else end))
        begin = max(end + 1 if last else end, match.start() + 1)
    named = find_named_in_json([text[begin:end] for begin, end in fragments])
    for fragment, span in named:
        begin = fragments[fragment][0]
        yield span._replace(begin=begin + span.begin, end=begin + span.end)
    if depth and any(quote in text for quote in _ESCAPED_QUOTES):
        view = decode(text)
        for span in find_named_in_text(view.text, depth - 1, may_be_cut=may_be_cut):
            yield span._replace(begin=view.source_index(span.begin), end=view.source_index(span.end))


def find_named_in_json(fragments: Sequence[str]) -> Iterator[tuple[int, SecretSpan]]:
    """Yield the secrets by name in pieces of JSON, numbers included, each with the index of its piece."""
    telling = [index for index, fragment in enumerate(fragments) if mentions_named(fragment)]
    if not telling:
        return
    leaves = find_leaves([fragments[index] for index in telling], numbers=True)
    strings: list[StringSpan] = []
    read = -1
    for leaf, rule, skipped in find_named_leaves(leaves, leaves.numbers):
        index = telling[int(leaves.unit[leaf])]
        value = leaves.text[leaf][skipped:]
        if value:
            if index != read:
                strings = find_strings(fragments[index], numbers=True)
                read = index
            low, high = strings[leaves.place(leaf).string]
            low += decode(fragments[index][low:high]).source_index(skipped) if skipped else 0
            yield index, SecretSpan(low, high, rule, value, leaf in leaves.numbers)
