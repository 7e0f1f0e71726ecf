"""How long `cassette-viewer check` takes over a folder in one process, in CPU time, against loading the same recordings.

All rules run with their default levels, so most of the time beyond loading is the search for secrets.
"""

from collections.abc import Iterator
from pathlib import Path

import viewer
from benchmarks.figures import Row, best_s
from benchmarks.recordings import CORPUS
from viewer.checks.files import Opening
from viewer.checks.places import locate
from viewer.checks.run import run
from viewer.checks.settings import Settings
from viewer.cli.inputs import find_inputs

TITLE = "Checking a repository: `cassette-viewer check`"

# 15 s for the corpus on a machine that loads it in 7.5 s.
_MAX_RATIO = 2.0


def rows() -> Iterator[Row]:
    """Yield the row."""
    files = [one.path for one in find_inputs([str(CORPUS)]).files if one.path] if CORPUS.is_dir() else []
    if files:
        checking_s, loading_s = best_s([_check, lambda: _load(files)], 2)
        what = f"the corpus, {len(files):,} files"
        yield Row(what, f"{checking_s:.1f} s", f"loading {loading_s:.1f} s", checking_s / loading_s, _MAX_RATIO)


def _check() -> None:
    opening = Opening(find_inputs([str(CORPUS)]).files, Settings())
    found = list(run(opening, Settings(), locate=locate))
    assert opening.checked
    assert found


def _load(files: list[Path]) -> None:
    for path in files:
        try:
            viewer.load(path)
        except viewer.CassetteError:
            continue
