"""How long `viewer.load(path)` and `.chunks` take, against the least that any program must do to read the same file.

That floor is reading the file, loading its YAML with the C loader, and parsing every `data:` payload with orjson, keeping nothing.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import yaml

import viewer
from benchmarks.figures import Row, best_s
from benchmarks.recordings import CORPUS, ROOT, corpus_of, go_vcr

TITLE = "Opening a cassette: `viewer.load(path)` and `.chunks`"

_CHUNKS = 200_000
_MAX_RATIO = 1.6
_MAX_SMALL_MS = 5.0
_SMALL_BYTES = 20_000


def rows() -> Iterator[Row]:
    """Yield the rows."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "long.yaml"
        for what, made in (
            ("like the sample's", go_vcr(_CHUNKS)),
            ("like the sample's, three of four silent", go_vcr(_CHUNKS, silent_share=0.75)),
            ("padded (OpenAI's `obfuscation`)", go_vcr(_CHUNKS, obfuscated=True)),
            ("no two alike, each with an id of its own", go_vcr(_CHUNKS, own_ids=True)),
        ):
            path.write_bytes(made)
            ours, floor = best_s([lambda: _open(path), lambda: _floor(path)], 7)
            name = f"go-vcr, {_CHUNKS:,} chunks, {len(made) / 1e6:.0f} MB, {what}"
            yield Row(name, f"{ours:.2f} s", f"floor {floor:.2f} s", ours / floor, _MAX_RATIO)
    for recorder in ("go-vcr-v2", "vcrpy-yaml"):
        if paths := [path for path in corpus_of(recorder) if _opens(path) and _has_floor(path)]:
            yield _corpus_row(recorder, paths)
    small = [path for path in _small_files() if _opens(path)]
    times = {path: best_s([lambda path=path: _open(path)], 5)[0] * 1e3 for path in small}  # type: ignore[misc]
    slowest = max(times.values())
    middle = sorted(times.values())[len(times) // 2]
    yield Row(
        f"the slowest of {len(small)} files under 20 kB",
        f"{slowest:.1f} ms",
        f"{_MAX_SMALL_MS:.0f} ms",
        slowest / _MAX_SMALL_MS,
        1.0,
        note=f"half take less than {middle:.1f} ms, {sum(ms > _MAX_SMALL_MS for ms in times.values())} more than 5 ms",
    )


def _corpus_row(recorder: str, paths: list[Path]) -> Row:
    pairs = [best_s([lambda path=path: _open(path), lambda path=path: _floor(path)], 3) for path in paths]  # type: ignore[misc]
    ours, floor = (sum(column) for column in zip(*pairs, strict=True))
    name = f"{recorder} of the corpus, {len(paths)} files, best time of each, summed"
    return Row(name, f"{ours:.2f} s", f"floor {floor:.2f} s", ours / floor, _MAX_RATIO)


def _small_files() -> list[Path]:
    samples = [path for path in sorted((ROOT / "sample_cassettes").iterdir()) if path.suffix != ".md"]
    corpus = [path for path in sorted(CORPUS.rglob("*")) if path.suffix in (".yaml", ".yml", ".json")]
    return [path for path in samples + corpus if path.stat().st_size < _SMALL_BYTES]


def _opens(path: Path) -> bool:
    try:
        viewer.load(path)
    except viewer.CassetteError:
        return False
    return True


def _has_floor(path: Path) -> bool:
    """Tell whether the C loader can read a file. It cannot if the file has tags of the language that wrote it."""
    try:
        _floor(path)
    except (yaml.YAMLError, ValueError):
        return False
    return True


def _open(path: Path) -> None:
    _ = viewer.load(path).chunks


def _floor(path: Path) -> None:
    for text in _texts(yaml.load(path.read_bytes(), yaml.CSafeLoader)):
        for line in text.split(b"\n"):
            if line.startswith(b"data: {"):
                orjson.loads(line[6:])


def _texts(tree: Any) -> Iterator[bytes]:
    """Yield the texts in a tree that contain events."""
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and "data: {" in value:
            yield value.encode("utf-8", "surrogatepass")
