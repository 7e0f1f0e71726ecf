"""Where published pages are stored: a folder, or anywhere that fsspec can write."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

ENVIRONMENT = "VIEWER_SHARES"
# A title of 200 characters takes 2,400 bytes at most, each character being two escapes of six bytes.
_MAX_METADATA_BYTES = 4096
# Writing a page takes seconds; an older unfinished file was abandoned.
_ABANDONED_AFTER_S = 3600.0


class Place(Protocol):
    """Where a store keeps its files. `read`, `first_line` and `delete` raise `FileNotFoundError` for a missing file."""

    def write(self, name: str, content: bytes) -> None: ...
    def read(self, name: str) -> bytes: ...
    def first_line(self, name: str) -> bytes: ...
    def delete(self, name: str) -> None: ...
    def names(self) -> list[str]: ...
    def remove_abandoned(self) -> None: ...


def place_at(address: str | os.PathLike[str], now: Callable[[], float] = time.time) -> Place:
    """Return the place at a folder or a URL, creating the folder if it is missing."""
    address = os.fspath(address)
    return _Remote(address) if "://" in address else _Folder(Path(address), now)


class _Folder:
    """Files in a folder that only its owner may read."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._now = now

    def write(self, name: str, content: bytes) -> None:
        # Written under another name and then renamed, so that the page appears whole.
        part = self._folder / f".{name}.part"
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - with its mode
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / name)

    def read(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()

    def first_line(self, name: str) -> bytes:
        with (self._folder / name).open("rb") as file:
            return file.readline()

    def delete(self, name: str) -> None:
        (self._folder / name).unlink()

    def names(self) -> list[str]:
        return [path.name for path in self._folder.iterdir()]

    def remove_abandoned(self) -> None:
        for part in self._folder.glob(".*.part"):
            # Another process may have removed it in between.
            with suppress(FileNotFoundError):
                if self._now() - part.stat().st_mtime > _ABANDONED_AFTER_S:
                    part.unlink()


class _Remote:
    """Files where fsspec can store them, such as in a bucket. A file appears there whole."""

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra
        except ImportError as error:
            message = f"{ENVIRONMENT} is a URL, which needs fsspec: pip install 'cassette-viewer[shares]'"
            raise ValueError(message) from error
        self._files: Any
        self._files, self._root = url_to_fs(url)
        self._files.makedirs(self._root, exist_ok=True)

    def write(self, name: str, content: bytes) -> None:
        self._files.pipe_file(self._path(name), content)

    def read(self, name: str) -> bytes:
        content: bytes = self._files.cat_file(self._path(name))
        return content

    def first_line(self, name: str) -> bytes:
        # One small range: opening a file in a bucket would fetch megabytes ahead.
        begin: bytes = self._files.cat_file(self._path(name), start=0, end=_MAX_METADATA_BYTES)
        return begin.partition(b"\n")[0]

    def delete(self, name: str) -> None:
        self._files.rm_file(self._path(name))

    def names(self) -> list[str]:
        return [path.rpartition("/")[2] for path in self._files.ls(self._root, detail=False, refresh=True)]

    def remove_abandoned(self) -> None:
        """Do nothing: an interrupted upload leaves no file."""

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"
