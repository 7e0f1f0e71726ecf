"""What redaction removes from real recordings, and whether each removed value is a secret.

A person judged every value by looking at it. `removals.json` keeps the judgements: those of places whose values are secrets or
identities by their nature, such as `set-cookie`, those of values that begin like a known cookie, and those of single values, by a
digest that reveals nothing of the value.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import viewer
from benchmarks.recordings import CORPUS, ROOT
from viewer.redaction import redact_file
from viewer.redaction.findings import Ledger

SECRET, IDENTITY, FALSE_ALARM = "secret", "identity", "false alarm"
JUDGEMENTS = Path(__file__).parent / "removals.json"
_FOLDERS = (CORPUS, CORPUS.parent / "recorded", ROOT / "sample_cassettes")
_DIGEST_LENGTH = 12
_NUMBER = re.compile(r" [0-9]+\b")


class Removal(NamedTuple):
    """A value that redaction removes from a file."""

    rule: str
    place: str
    """Where it is, without numbers of interactions, such as "response header set-cookie"."""
    value: str

    @property
    def digest(self) -> str:
        """The name of the rule and the value in `removals.json`."""
        return hashlib.sha256(f"{self.rule}\n{self.value}".encode("utf-8", "surrogatepass")).hexdigest()[
            :_DIGEST_LENGTH
        ]


class Judgements:
    """The judgements in `removals.json`."""

    def __init__(self, path: Path = JUDGEMENTS) -> None:
        kept = json.loads(path.read_text(encoding="utf-8"))
        self._places: dict[str, str] = kept["places"]
        self._beginnings: dict[str, str] = kept["beginnings"]
        self._values: dict[str, str] = kept["values"]

    def of(self, removal: Removal) -> str | None:
        """Return what a removed value is. Return None if nobody has judged it."""
        begun = (verdict for beginning, verdict in self._beginnings.items() if removal.value.startswith(beginning))
        by_value = self._values.get(removal.digest) or next(begun, None)
        return by_value or self._places.get(f"{removal.rule}: {removal.place}")


def recordings() -> list[Path]:
    """Return all files of the corpus, the recorded responses and the samples."""
    return [path for folder in _FOLDERS for path in sorted(folder.rglob("*")) if path.is_file()]


def removals(path: Path) -> set[Removal] | None:
    """Return what redaction removes from a file. Return None if it is not a recording."""
    try:
        cassette = viewer.load(path)
    except viewer.CassetteError:
        return None
    with _listening() as removed:
        # If the recorder's own format cannot be kept, what was found counts all the same.
        with suppress(viewer.CassetteError):
            redact_file(path.read_bytes(), path.name, cassette=cassette)
        return set(removed)


@contextmanager
def _listening() -> Iterator[list[Removal]]:
    """Collect every value that a ledger decides to redact. Findings do not reveal their values."""
    removed: list[Removal] = []
    decide = Ledger.should_redact

    def listen(ledger: Ledger, rule: str, value: str, where: str, **options: bool) -> bool:
        is_removed = decide(ledger, rule, value, where, **options)
        if is_removed:
            removed.append(Removal(rule, _NUMBER.sub("", where), value))
        return is_removed

    Ledger.should_redact = listen  # type: ignore[method-assign]
    try:
        yield removed
    finally:
        Ledger.should_redact = decide  # type: ignore[method-assign]
