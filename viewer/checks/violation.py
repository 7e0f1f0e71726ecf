"""One place where a recording breaks a rule."""

import hashlib
from dataclasses import dataclass
from typing import Literal

Level = Literal["warn", "fail"]

_FINGERPRINT_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong, where it is, and what to do about it."""

    rule: str
    level: Level
    file: str
    """As it was named, or its place below the folder or archive that was named. Relative if that was."""
    message: str
    advice: str
    fingerprint: str
    """What recognises it in a later run. It does not depend on the line, and reveals nothing of a secret."""
    line: int | None = None
    """Of the file, counted from 1; None if it is not known."""
    interaction: int | None = None
    """Index into `cassette.interactions`; None if it concerns the whole file."""


def fingerprint_of(rule: str, file: str, key: str) -> str:
    """Return the fingerprint of a violation. `key` is what tells it from others of the same rule in the same file."""
    told_apart = f"{rule}\0{file}\0{key}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(told_apart).hexdigest()[:_FINGERPRINT_LENGTH]
