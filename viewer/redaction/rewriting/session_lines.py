"""Rewrite the file of a session, each of whose lines stands in one body of the cassette."""

from collections import defaultdict, deque
from collections.abc import Iterator

from viewer.streams.cassette import Cassette
from viewer.types.http import Interaction


def rewrite_lines(data: bytes, cassette: Cassette, redacted: Cassette) -> bytes | None:
    """Return a file with the lines of a redacted cassette in place of its own. Return None if a line is not in the cassette."""
    if cassette.session is None:
        return None
    waiting: dict[bytes, deque[bytes]] = defaultdict(deque)
    for before, after in zip(cassette.interactions, redacted.interactions, strict=True):
        for old, new in zip(_bodies(before), _bodies(after), strict=True):
            old_lines, new_lines = old.split(b"\n"), new.split(b"\n")
            if len(old_lines) != len(new_lines):
                return None
            for old_line, new_line in zip(old_lines, new_lines, strict=True):
                waiting[old_line].append(new_line)
    written = []
    for line in data.split(b"\n"):
        if line.strip() and not waiting.get(line):
            return None
        written.append(waiting[line].popleft() if line.strip() else line)
    return b"\n".join(written)


def _bodies(interaction: Interaction) -> Iterator[bytes]:
    yield interaction.request.body
    yield interaction.response.body
