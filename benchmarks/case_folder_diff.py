"""How long `diff` takes for two folders of 300 re-recorded cassettes, against opening the 600 files, both in one process.

The recordings are a sample of the corpus. In those that are re-recorded, ids differ, and some words of the answers. Their secrets are removed before
they are compared, which is most of the work.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import viewer
from benchmarks.figures import Row, best_s
from benchmarks.recordings import CORPUS
from viewer.comparison.folders.comparison import compare_folders
from viewer.comparison.folders.markdown import as_markdown
from viewer.comparison.folders.tree import tree_of
from viewer.files.folders import members
from viewer.redaction import Redaction
from viewer.types.problems import CassetteError

TITLE = "Comparing two folders: `diff A B`"

_FILES = 300
_MAX_S = 10.0
_MAX_RATIO = 3.5
_ID = re.compile(rb"(chatcmpl-|msg_|resp_|call_|toolu_|req_)((?=[A-Za-z]*[0-9])[A-Za-z0-9]{6,})")
_WORD = re.compile(rb'(\\?") (the|to|is|of|and)(\\?")')
_OTHER_WORDS = {b"the": b"any", b"to": b"at", b"is": b"as", b"of": b"on", b"and": b"for"}


def rows() -> Iterator[Row]:
    """Yield the rows."""
    with TemporaryDirectory() as folder:
        left, right = Path(folder) / "a", Path(folder) / "b"
        size_bytes = _write_sample(left, right)
        ours, opening = best_s([lambda: _diff(left, right), lambda: _open(left, right)], 2)
        name = f"{_FILES} pairs, {size_bytes / 1e6:.0f} MB each side"
        yield Row(name, f"{ours:.1f} s", f"opening {opening:.1f} s", ours / opening, _MAX_RATIO)
        yield Row(f"{name}, within {_MAX_S:.0f} s", f"{ours:.1f} s", f"{_MAX_S:.0f} s", ours / _MAX_S, 1.0)


def _write_sample(left: Path, right: Path) -> int:
    """Write recordings and what they are once re-recorded. Return the size of one side in bytes."""
    paths = sorted(path for path in CORPUS.rglob("*") if path.suffix in (".yaml", ".yml", ".json", ".har"))
    random.Random(7).shuffle(paths)  # noqa: S311 - a sample
    left.mkdir()
    right.mkdir()
    size_bytes = written = 0
    for path in paths:
        if written == _FILES:
            break
        data = path.read_bytes()
        again = _WORD.sub(_other_word, _ID.sub(_other_id, data))
        if again == data or not _has_streams(path):
            continue
        name = f"{written:03}_{path.name}"
        (left / name).write_bytes(data)
        (right / name).write_bytes(again)
        size_bytes += len(data)
        written += 1
    return size_bytes


def _other_id(match: re.Match[bytes]) -> bytes:
    return match[1] + match[2][::-1]


def _other_word(match: re.Match[bytes]) -> bytes:
    return match[1] + b" " + _OTHER_WORDS[match[2]] + match[3]


def _has_streams(path: Path) -> bool:
    try:
        return bool(viewer.load(path).streams)
    except CassetteError:
        return False


def _diff(left: Path, right: Path) -> None:
    trees = [tree_of(side.name, members(side)) for side in (left, right)]
    result = compare_folders(*trees, Redaction())
    assert result.compared == _FILES
    result.checked(as_markdown(result))


def _open(left: Path, right: Path) -> None:
    for side in (left, right):
        for path in side.iterdir():
            assert viewer.load(path).interactions
