"""How long `viewer.redact` takes beyond loading, in CPU time, against loading the same recordings with `viewer.load`.

The corpus holds hardly any secrets, so this is the price of searching. Loading reads the repeated events of a long stream in one
pass, which makes the ratio of such a stream higher. A recording with secrets is redacted twice, the second time with the values that
were found anywhere, and its stream is decoded again.
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
_MAX_RATIO_LONG = 3.0
_MAX_RATIO_WITH_SECRETS = 12.0


def rows() -> Iterator[Row]:
    """Yield the rows."""
    if paths := [path for path in sorted(CORPUS.rglob("*")) if path.is_file() and _opens(path)]:
        pairs = [_times(path.read_bytes(), 2) for path in paths]
        redacting, loading = (sum(column) for column in zip(*pairs, strict=True))
        yield _row(f"the corpus, {len(paths):,} files, best time of each, summed", [redacting, loading], _MAX_RATIO)
        largest = max(paths, key=lambda path: path.stat().st_size)
        data = largest.read_bytes()
        yield _row(f"its largest file, {len(data) / 1e6:.1f} MB", _times(data, 5), _MAX_RATIO)
    plain = go_vcr(_CHUNKS)
    name = f"go-vcr, {_CHUNKS:,} chunks, {len(plain) / 1e6:.0f} MB"
    yield _row(f"{name}, no secrets", _times(plain, 3), _MAX_RATIO_LONG)
    yield _row(f"{name}, a token in every hundredth chunk", _times(_with_tokens(plain), 3), _MAX_RATIO_WITH_SECRETS)


def _row(what: str, times: list[float], target: float) -> Row:
    redacting_s, loading_s = times
    return Row(what, f"{redacting_s:.2f} s", f"loading {loading_s:.2f} s", redacting_s / loading_s, target)


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
