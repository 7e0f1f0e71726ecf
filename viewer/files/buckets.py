"""The recordings under an address that fsspec knows, such as s3://bucket/recordings; it is the extra `corpus`.

Keys are never passed on: each process opens the file system by its own environment and fsspec's configuration there. Those that
an address itself has, `//user:password@` and the signature of a URL, are in no message, no name and no table.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from viewer.files.archives import named_in
from viewer.files.entries import (
    DEFAULT_LIMITS,
    Content,
    FolderLimits,
    Found,
    Member,
    Named,
    PassedOver,
    Refused,
    passed_over_path,
    told_apart,
    too_large,
    within,
)
from viewer.files.folders import members
from viewer.files.sidecars import Files, bodies_among, places_of
from viewer.text.safe import safe_path
from viewer.types.problems import CassetteError

_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz")
_CREDENTIALS = re.compile(r"""(?<=://)[^\s/"']*@|\?[^\s"'?]*=[^\s"']*""")


def is_address(source: str) -> bool:
    """Tell whether a source is an address and no path."""
    return "://" in source


def remote_members(address: str, limits: FolderLimits = DEFAULT_LIMITS) -> Iterator[Found]:
    """Yield what is at an address and below it, in the order of names, as `viewer.files.folders.members` does of a folder.

    Each recording is read where it is opened, by whoever opens it. Archives are told by their names and read here. Raises
    `CassetteError` where the address cannot be listed, or there is nothing at it.
    """
    yield from told_apart(_found(address, limits))


def _found(address: str, limits: FolderLimits) -> Iterator[Found]:
    listed = _listed(address)
    bodies = bodies_among(listed)
    by_place: dict[str, list[_Address]] = {}
    for name, place in bodies.items():
        by_place.setdefault(place, []).append(listed[name])
    for count, (name, file) in enumerate(sorted(listed.items())):
        shown = safe_path(name, limits.name_length)
        if count >= limits.members:
            yield Refused(
                shown, f"there are more than {limits.members:,} files (the limit `members`); the rest is left out."
            )
            return
        if name in bodies:
            yield PassedOver(shown, "the body of a recording beside it")
        elif len(listed) > 1 and (why := passed_over_path(name)):
            yield PassedOver(shown, why)
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
    """Below the address that was listed."""
    key: str = field(repr=False)
    """As its file system knows it."""
    size_bytes: int


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """Read a recording from its address, with the bodies beside it that it names."""

    address: str = field(repr=False)
    """That was listed."""
    file: _Address
    near: tuple[_Address, ...]
    limits: FolderLimits

    def __call__(self) -> Content:
        """Return the content; raise `CassetteError` where it cannot be read or is over a limit."""
        data = within(_fetch(self.address, self.file), self.file.path, self.limits)
        bodies = {body.path: _fetch(self.address, body) for body in named_in(data, self.near)}
        return Content(data, Files(bodies, self.file.path.rpartition("/")[0]))


def _listed(address: str) -> dict[str, _Address]:
    """Return every file at or below an address by its path there."""
    try:
        files, root = _opened(address)
        # A key that ends so is how a bucket keeps an empty folder.
        details = {key: told for key, told in files.find(root, detail=True).items() if not key.endswith("/")}
    except ImportError as error:
        advice = "Install cassette-viewer[corpus], and what is for this kind of address, such as s3fs for s3://."
        raise CassetteError(
            _public(address), f"needs a package that is not there ({_said(error, address)}).", advice
        ) from error
    except Exception as error:  # each file system raises its own
        raise CassetteError(_public(address), f"cannot be listed ({_said(error, address)}).") from error
    if not details:
        raise CassetteError(_public(address), "there is nothing at this address.")
    above = root.rstrip("/")
    paths = {key: key.removeprefix(above).removeprefix("/") or _public(key).rpartition("/")[2] for key in details}
    return {path: _Address(path, key, int(details[key].get("size") or 0)) for key, path in paths.items()}


def _fetch(address: str, file: _Address) -> bytes:
    try:
        data: bytes = _opened(address)[0].cat_file(file.key)
    except Exception as error:  # each file system raises its own
        raise CassetteError(file.path, f"cannot be fetched ({_said(error, address)}).") from error
    return data


def _opened(address: str) -> tuple[Any, str]:
    """Return the file system of an address, which fsspec keeps from one time to the next, and the path there."""
    # What only addresses need.
    from fsspec.core import url_to_fs  # noqa: PLC0415

    files, root = url_to_fs(address)
    return files, root


def _public(text: str) -> str:
    """Return a text without what stands in its URLs to be let in."""
    return _CREDENTIALS.sub("", text)


def _said(error: Exception, address: str) -> str:
    """Return what went wrong on one line; of an address with a password, which errors spell in many ways, only its kind."""
    kind, text = type(error).__name__, " ".join(_public(str(error)).split())
    return f"{kind}: {text}" if text and _public(address) == address else kind
