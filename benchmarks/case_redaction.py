"""How long `viewer.redact` takes beyond loading, in CPU time, against loading the same recordings with `viewer.load`.

The corpus holds hardly any secrets, so this is the price of searching. The files with 100,000 chunks are searched once as they are,
and once with a made-up token in every hundredth chunk.
"""

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from random import Random
from string import ascii_letters, digits

import viewer
from benchmarks.figures import Row, best_s
from benchmarks.recordings import CORPUS, go_vcr

TITLE = "Redacting: `viewer.redact(cassette)`"

_CHUNKS = 100_000
_CHUNKS_PER_TOKEN = 100
_MAX_RATIO = 2.0


def rows() -> Iterator[Row]:
    """Yield the rows."""
    if paths := [path for path in sorted(CORPUS.rglob("*")) if path.is_file() and _opens(path)]:
        pairs = [_times(path.read_bytes(), 2) for path in paths]
        redacting, loading = (sum(column) for column in zip(*pairs, strict=True))
        yield _row(f"the corpus, {len(paths):,} files, best time of each, summed", redacting, loading)
        largest = max(paths, key=lambda path: path.stat().st_size)
        data = largest.read_bytes()
        yield _row(f"its largest file, {len(data) / 1e6:.1f} MB", *_times(data, 5))
    plain = go_vcr(_CHUNKS)
    for what, data in (("no secrets", plain), ("a token in every hundredth chunk", _with_tokens(plain))):
        yield _row(f"go-vcr, {_CHUNKS:,} chunks, {len(data) / 1e6:.0f} MB, {what}", *_times(data, 3))


def _row(what: str, redacting_s: float, loading_s: float) -> Row:
    ratio = redacting_s / loading_s
    return Row(what, f"{redacting_s:.2f} s", f"loading {loading_s:.2f} s", ratio, _MAX_RATIO)


def _times(data: bytes, rounds: int) -> list[float]:
    """Return how long it takes to redact a recording, and to load it."""
    cassette = viewer.load(data)
    return best_s([lambda: viewer.redact(cassette), lambda: viewer.load(data).chunks], rounds)


def _opens(path: Path) -> bool:
    try:
        return bool(viewer.load(path.read_bytes()).interactions)
    except viewer.CassetteError:
        return False


def _with_tokens(data: bytes) -> bytes:
    """Return a recording with a made-up token in every hundredth text of its chunks."""
    random = Random(0)  # noqa: S311 - not real secrets
    tokens = (f" sk-proj-{''.join(random.choices(ascii_letters + digits, k=40))} ".encode() for _ in cycle([0]))
    first, *events = data.split(b'content":"')
    marked = islice(cycle([True, *[False] * (_CHUNKS_PER_TOKEN - 1)]), len(events))
    return b'content":"'.join(
        [first, *(next(tokens) + event if mark else event for mark, event in zip(marked, events, strict=True))]
    )
