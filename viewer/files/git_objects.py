"""The contents of files in a Git repository, read by one process, `git cat-file --batch`, without a checkout."""

import subprocess
from collections.abc import Iterator, Mapping
from functools import cached_property
from posixpath import dirname
from typing import Self

from viewer.files.entries import Content, FolderLimits, too_large
from viewer.files.git_repository import Blob, Repository, git_command, git_environment
from viewer.files.sidecars import MemorySidecars
from viewer.types.problems import CassetteError

_PIECE_BYTES = 1 << 20


class Objects:
    """Reads contents by their ids, in one process that ends with the `with` block."""

    def __init__(self, repository: Repository, limits: FolderLimits) -> None:
        self._repository = repository
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the process."""
        self._process = subprocess.Popen(  # noqa: S603 - a list, without a shell
            git_command("cat-file", "--batch"),
            cwd=self._repository.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=git_environment(),
        )
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, also if it is in the middle of a content."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def read(self, object_id: str, name: str) -> bytes:
        """Return a content. Raise `CassetteError` if the repository lacks it, or it exceeds a limit."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise CassetteError(name, "cannot be read: Git is not running.")
        try:
            process.stdin.write(f"{object_id}\n".encode())
            process.stdin.flush()
        except OSError as error:
            raise CassetteError(name, f"cannot be read: Git has ended ({error.strerror}).") from error
        # "ID TYPE SIZE" and a line feed, the content, and another line feed; or "ID missing".
        head = process.stdout.readline().split()
        if len(head) != 3:
            raise CassetteError(name, "cannot be read: the repository lacks its content.", "Fetch it with `git fetch`.")
        size_bytes = int(head[2])
        if size_bytes > self._limits.member_bytes:
            for begin in range(0, size_bytes + 1, _PIECE_BYTES):
                process.stdout.read(min(_PIECE_BYTES, size_bytes + 1 - begin))
            raise CassetteError(name, *too_large(size_bytes, self._limits))
        return process.stdout.read(size_bytes + 1)[:size_bytes]


class RevisionFiles(Mapping[str, bytes]):
    """The files of one revision by their path, each read when it is asked for."""

    def __init__(self, repository: Repository, tree: str, objects: Objects) -> None:
        self._repository = repository
        self._tree = tree
        self._objects = objects

    @cached_property
    def _ids(self) -> Mapping[str, Blob]:
        # Listing a whole revision takes time, and only recordings with bodies in other files need it.
        return self._repository.ids(self._tree)

    def __getitem__(self, path: str) -> bytes:
        """Return a content."""
        return self._objects.read(self._ids[path].id, path)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the paths."""
        return iter(self._ids)

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._ids)

    def content(self, path: str, object_id: str) -> Content:
        """Return a recording with the files next to it. Raise `CassetteError` if it cannot be read."""
        return Content(self._objects.read(object_id, path), MemorySidecars(self, dirname(path)))
