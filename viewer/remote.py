"""The recordings under an address that fsspec knows, such as s3://bucket/recordings; it is the extra `corpus`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from viewer.beside import Files, bodies_among, places_of
from viewer.found import (
    DEFAULT_LIMITS,
    Content,
    FolderLimits,
    Found,
    Member,
    Named,
    PassedOver,
    Refused,
    harmless,
    passed_over_path,
    too_large,
    within,
)
from viewer.members import members
from viewer.packed import named_in
from viewer.problems import CassetteError

_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz")


def is_address(source: str) -> bool:
    """Tell whether a source is an address and no path."""
    return "://" in source


def remote_members(address: str, limits: FolderLimits = DEFAULT_LIMITS) -> Iterator[Found]:
    """Yield what is at an address and below it, in the order of names, as `viewer.members.members` does of a folder.

    Each recording is read where it is opened, by whoever opens it. Archives are told by their names and read here. Raises
    `CassetteError` where the address cannot be listed.
    """
    files, listed = _listed(address)
    if not listed:
        yield Refused(harmless(address, limits.name_length), "there is nothing at this address.")
        return
    bodies = bodies_among(listed)
    by_place: dict[str, list[_Address]] = {}
    for name, place in bodies.items():
        by_place.setdefault(place, []).append(listed[name])
    for count, (name, file) in enumerate(sorted(listed.items())):
        shown = harmless(name, limits.name_length)
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
                yield from members(Named(_fetch(files, file), name), limits=limits)
            except CassetteError as error:
                yield Refused(shown, error.reason, error.advice)
        else:
            near = tuple(body for place in dict.fromkeys(places_of(name)) for body in by_place.get(place, ()))
            yield Member(shown, RemoteFile(files, file, near, limits), file.size_bytes)


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

    files: Any = field(repr=False)
    file: _Address
    near: tuple[_Address, ...]
    limits: FolderLimits

    def __call__(self) -> Content:
        """Return the content; raise `CassetteError` where it cannot be read or is over a limit."""
        data = within(_fetch(self.files, self.file), self.file.path, self.limits)
        bodies = {body.path: _fetch(self.files, body) for body in named_in(data, self.near)}
        return Content(data, Files(bodies, self.file.path.rpartition("/")[0]))


def _listed(address: str) -> tuple[Any, dict[str, _Address]]:
    """Return the file system of an address, and every file at or below it by its path there."""
    try:
        # What only addresses need.
        from fsspec.core import url_to_fs  # noqa: PLC0415
    except ImportError as error:
        advice = "Install cassette-viewer[corpus], and for s3:// also s3fs."
        raise CassetteError(address, "is an address, for which fsspec is needed.", advice) from error
    try:
        files, root = url_to_fs(address)
        details = files.find(root, detail=True)
    except Exception as error:  # each file system raises its own
        raise CassetteError(address, f"cannot be listed ({type(error).__name__}: {error}).") from error
    above = root.rstrip("/")
    paths = {key: key.removeprefix(above).lstrip("/") or key.rpartition("/")[2] for key in details}
    return files, {path: _Address(path, key, int(details[key].get("size") or 0)) for key, path in paths.items()}


def _fetch(files: Any, file: _Address) -> bytes:
    try:
        data: bytes = files.cat_file(file.key)
    except Exception as error:  # each file system raises its own
        raise CassetteError(file.path, f"cannot be fetched ({type(error).__name__}: {error}).") from error
    return data
