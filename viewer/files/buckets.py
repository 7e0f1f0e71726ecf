"""The recordings at an fsspec address such as s3://bucket/recordings. Needs the extra `corpus`.

Credentials are never passed on: each process opens the file system from its own environment and fsspec configuration.
Credentials in the address itself, such as `//user:password@` or the signature of a URL, never appear in a message, a name or
a table.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from viewer.files.archives import named_in
from viewer.files.entries import (
    BODY_OF_ANOTHER,
    DEFAULT_LIMITS,
    Content,
    FolderLimits,
    Found,
    Member,
    Named,
    Refused,
    Skipped,
    check_size,
    too_large,
    with_unique_names,
)
from viewer.files.folders import members
from viewer.files.not_recordings import reason_to_skip_path
from viewer.files.sidecars import MemorySidecars, bodies_among, places_of
from viewer.text.safe import safe_path
from viewer.types.problems import CassetteError

_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz")
_CREDENTIALS = re.compile(r"""(?<=://)[^\s/"']*@|\?[^\s"'?]*=[^\s"']*""")


def is_address(source: str) -> bool:
    """Tell whether a source is an address rather than a path."""
    return "://" in source


def remote_members(address: str, limits: FolderLimits = DEFAULT_LIMITS) -> Iterator[Found]:
    """Yield what is at or below an address, sorted by name, as `viewer.files.folders.members` does for a folder.

    A recording is read by the process that opens it. Archives are recognised by their names and read here. Raise
    `CassetteError` if the address cannot be listed or nothing is there.
    """
    yield from with_unique_names(_entries(address, limits))


def _entries(address: str, limits: FolderLimits) -> Iterator[Found]:
    listed = _list(address)
    bodies = bodies_among(listed)
    by_place: dict[str, list[_Address]] = {}
    for name, place in bodies.items():
        by_place.setdefault(place, []).append(listed[name])
    for count, (name, file) in enumerate(sorted(listed.items())):
        shown = safe_path(name, limits.name_length)
        if count >= limits.members:
            yield Refused(
                shown, f"there are too many files {limits.exceeded('members')}; this one and the rest are left out."
            )
            return
        if name in bodies:
            yield Skipped(shown, BODY_OF_ANOTHER)
        elif len(listed) > 1 and (reason := reason_to_skip_path(name)):
            yield Skipped(shown, reason)
        elif file.size_bytes > limits.member_bytes:
            yield Refused(shown, *too_large(file.size_bytes, limits))
        elif name.lower().endswith(_ARCHIVES):
            try:
                yield from members(Named(_fetch(address, file), name), limits=limits)
            except CassetteError as error:
                yield Refused(shown, error.reason, error.advice)
        else:
            near = tuple(body for place in dict.fromkeys(places_of(name)) for body in by_place.get(place, ()))
            yield Member(shown, RemoteFile(address, file, near, limits), file.size_bytes)


@dataclass(frozen=True, slots=True)
class _Address:
    path: str
    """Relative to the address that was listed."""
    key: str = field(repr=False)
    """Its name in the file system."""
    size_bytes: int


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """Read a recording from its address, with the bodies that it names."""

    address: str = field(repr=False)
    """The address that was listed."""
    file: _Address
    near: tuple[_Address, ...]
    limits: FolderLimits

    def __call__(self) -> Content:
        """Return the content. Raise `CassetteError` if it cannot be read or exceeds a limit."""
        data = check_size(_fetch(self.address, self.file), self.file.path, self.limits)
        bodies = {body.path: _fetch(self.address, body) for body in named_in(data, self.near)}
        return Content(data, MemorySidecars(bodies, self.file.path.rpartition("/")[0]))


def _list(address: str) -> dict[str, _Address]:
    """Return every file at or below an address, by its path relative to it."""
    try:
        files, root = _open_file_system(address)
        # A key that ends with "/" stands for an empty folder.
        details = {key: info for key, info in files.find(root, detail=True).items() if not key.endswith("/")}
    except ImportError as error:
        advice = "Install cassette-viewer[corpus] and the package for this kind of address, such as s3fs for s3://."
        raise CassetteError(
            _public(address), f"needs a package that is not installed ({_describe(error, address)}).", advice
        ) from error
    except Exception as error:  # each file system raises its own
        raise CassetteError(_public(address), f"cannot be listed ({_describe(error, address)}).") from error
    if not details:
        raise CassetteError(_public(address), "there is nothing at this address.")
    prefix = root.rstrip("/")
    paths = {key: key.removeprefix(prefix).removeprefix("/") or _public(key).rpartition("/")[2] for key in details}
    return {path: _Address(path, key, int(details[key].get("size") or 0)) for key, path in paths.items()}


def _fetch(address: str, file: _Address) -> bytes:
    try:
        data: bytes = _open_file_system(address)[0].cat_file(file.key)
    except Exception as error:  # each file system raises its own
        raise CassetteError(file.path, f"cannot be fetched ({_describe(error, address)}).") from error
    return data


def _open_file_system(address: str) -> tuple[Any, str]:
    """Return the file system of an address, which fsspec caches, and the path in it."""
    # Only addresses need it.
    from fsspec.core import url_to_fs  # noqa: PLC0415

    files, root = url_to_fs(address)
    return files, root


def _public(text: str) -> str:
    """Return a text without the credentials in its URLs."""
    return _CREDENTIALS.sub("", text)


def _describe(error: Exception, address: str) -> str:
    """Describe an error on one line. If the address has credentials, name only its type: messages spell them in many ways."""
    kind, text = type(error).__name__, " ".join(_public(str(error)).split())
    return f"{kind}: {text}" if text and _public(address) == address else kind
