"""Verify what redaction wrote: no output may hold a value that was removed, in any encoding."""

import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from viewer.files.content_encoding import GZIP, inflate
from viewer.redaction.bodies import to_text
from viewer.redaction.cassette import PROBLEMS_PLACE, Redacted, redact_with
from viewer.redaction.finder import SEPARATOR, SecretFinder
from viewer.redaction.findings import Ledger
from viewer.redaction.known_values import KnownValues
from viewer.redaction.rewriting.file import GO_VCR_ADVICE
from viewer.streams.cassette import Cassette
from viewer.streams.loading import load
from viewer.text.words import counted
from viewer.types.problems import CassetteError

_LEFT_ADVICE = "Remove all texts instead, and report this as a fault."
# Pages hold their data packed: base64 of deflated bytes, in which there may be base64 again.
_PACKED = re.compile(r"[A-Za-z0-9+/]{32,}+={0,2}")
# A recording may hold a text that inflates without end.
_MAX_UNPACKED_BYTES = 1 << 29
_MAX_LAYERS = 3


def check_output(
    output: str | bytes, removed: KnownValues, name: str, *, fixed: str = "", checked: bytes | None = None
) -> None:
    """Raise `CassetteError` if a finished output holds a value that was removed.

    Args:
        output: what is about to leave.
        removed: the values that were removed.
        name: the name of the output, for the message.
        fixed: the parts of the output that no recording changes, such as the script of a page. What they hold is no secret.
        checked: what is packed in the output as a whole and was checked for the same values by itself.
    """
    if not removed:
        return
    finder = SecretFinder((), known=(removed.find,))
    in_fixed = {span.value for span in finder.find(fixed)} if fixed else set()
    whole = output if isinstance(output, str) else to_text(output)
    for depth, text in _layers(whole, name, None if checked is None else to_text(checked)):
        left = next((span for span in finder.find(text) if span.value not in in_fixed), None)
        if left is not None:
            place = "in its packed data" if depth else f"in line {text.count(chr(10), 0, left.begin) + 1:,}"
            raise CassetteError(name, f"a secret that was removed ({left.rule}) is left {place}.", _LEFT_ADVICE)


def check_lanes(cassette: Cassette, removed: KnownValues) -> None:
    """Raise `CassetteError` if the chunks of a redacted cassette hold a value that was removed, alone or joined."""
    for stream in cassette.streams:
        columns = stream.columns
        lanes = np.stack([columns.choice, columns.kind, columns.tool])
        order = np.lexsort(lanes)
        texts = columns.text[order].tolist()
        borders = (np.flatnonzero(np.diff(lanes[:, order], axis=1).any(axis=0)) + 1).tolist()
        parts = ["".join(texts[begin:end]) for begin, end in pairwise([0, *borders, len(texts)])]
        parts += [text for call in stream.tool_calls for text in (call.id, call.name, call.arguments)]
        parts += [stream.model or "", stream.finish_reason or "", stream.error.message if stream.error else ""]
        check_output(SEPARATOR.join(parts), removed, f"{cassette.name}, interaction {stream.interaction}")


def _layers(text: str, name: str, checked: str | None) -> Iterator[tuple[int, str]]:
    """Yield a text, and what is deflated in its base64 unless it is `checked`, with the number of layers around it."""
    left_bytes = _MAX_UNPACKED_BYTES
    waiting = [(0, text)]
    while waiting:
        depth, text = waiting.pop()
        yield depth, text
        for match in _PACKED.finditer(text) if depth < _MAX_LAYERS else ():
            data = _inflate(match.group(), left_bytes)
            left_bytes -= len(data)
            if left_bytes <= 0:
                raise CassetteError(
                    name, f"more than {_MAX_UNPACKED_BYTES:,} bytes are packed in it, too many to check."
                )
            inner = to_text(data)
            if inner and inner != checked:
                waiting.append((depth + 1, inner))


def _inflate(packed: str, max_bytes: int) -> bytes:
    """Return the deflated bytes in a base64 text; none if there are none."""
    try:
        data = b64decode(packed + "=" * (-len(packed) % 4))
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, max_bytes)
    except (ValueError, zlib.error):
        return b""


def check_file(written: bytes, name: str, redacted: Redacted) -> None:
    """Raise `CassetteError` unless a rewritten file holds what the redacted cassette holds, and no secrets.

    Args:
        written: the content of the rewritten file.
        name: its name, for messages.
        redacted: the cassette that it must open as.
    """
    expected = redacted.cassette
    try:
        # The name of the file may hold a secret too, and is not part of its content.
        reopened = load(written, expected.name, think_tags=expected.think_tags)
    except CassetteError as error:
        raise CassetteError(name, "it could not be opened after being rewritten in place.", GO_VCR_ADVICE) from error
    if _content(reopened) != _content(expected):
        raise CassetteError(
            name,
            f"this {expected.format} recording cannot be rewritten in place: its streams would no longer read the same.",
            GO_VCR_ADVICE,
        )
    check_output(inflate(written)[0] if written.startswith(GZIP) else written, redacted.removed, name)
    finder = LeftoverFinder(redacted.rules.ledger)
    # The finder remembers what it searched: what the file repeats of the cassette is not searched again.
    redact_with(replace(redacted.rules.secrets_only(), ledger=finder), reopened)
    if finder.places:
        left = counted(len(finder.places), "secret")
        raise CassetteError(
            name,
            f"{left} would be left, because this {expected.format} recording holds texts in a form that cannot be rewritten.",
            GO_VCR_ADVICE,
        )


def _content(cassette: Cassette) -> list[object]:
    streams = [
        (one.interaction, one.protocol, one.columns.kind.tolist(), one.columns.text.tolist())
        for one in cassette.streams
    ]
    return [cassette.format, len(cassette.interactions), *streams]


class LeftoverFinder(Ledger):
    """Records the secrets left in a redacted file, except those that the caller keeps."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger
        self.places: list[str] = []
        """Where each of them was found."""

    def should_redact(
        self, rule: str, value: str, where: str, *, by_name: bool = False, second_pass: bool = False
    ) -> bool:
        """Record one secret unless the caller keeps it."""
        if self._ledger.keeps(rule, value):
            return False
        # Problem messages are not part of the file. They only quote it.
        if where == PROBLEMS_PLACE:
            return False
        self.places.append(where)
        return super().should_redact(rule, value, where, by_name=by_name, second_pass=second_pass)
