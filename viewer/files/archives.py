"""The recordings in an archive: zip, and tar with or without gzip."""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from typing import BinaryIO, Protocol, TypeVar

from viewer.files.content_encoding import GZIP, inflate
from viewer.files.entries import (
    Content,
    FolderLimits,
    Found,
    LocalFile,
    Member,
    PassedOver,
    Refused,
    most_unpacked,
    passed_over_path,
    unpacking,
    unpacks_to_more,
    within,
)
from viewer.files.sidecars import UNREADABLE, ZIP, Files, bodies_among, files_of, nothing, places_of, recordings_in
from viewer.text.safe import safe_path
from viewer.types.problems import CassetteError

_NESTED = 1
_HEAD_BYTES = 1 << 16
_TAR_PLACE = 257
_TAR = b"ustar"
_TAR_ERRORS = (tarfile.TarError, OSError, EOFError, ValueError, OverflowError, RecursionError, zlib.error)
_END_OF_ZIP = b"PK\x05\x06"
_ENTRY_OF_ZIP = b"PK\x01\x02"
_END_BYTES = 22
_LONGEST_COMMENT = 1 << 16
_UNPACK = "Unpack it, and open the files in it."


@dataclass(frozen=True, slots=True)
class Held:
    """Hold a recording that came out of an archive, with the bodies that stand beside it there."""

    data: bytes
    name: str
    limits: FolderLimits
    bodies: Files | None = None

    def __call__(self) -> Content:
        """Return the content; raise `CassetteError` where it is over a limit."""
        return Content(within(self.data, self.name, self.limits), self.bodies or nothing)


@dataclass(frozen=True, slots=True)
class _Entry:
    """Describe one file of an archive before it is read."""

    path: str
    """As the archive names it, without "./"; a key and no path."""
    size_bytes: int
    most_bytes: int
    trouble: str
    """Why it cannot be read; "" where it can."""
    place: zipfile.ZipInfo | tarfile.TarInfo


def packed(source: bytes | LocalFile, name: str, limits: FolderLimits, depth: int = 0) -> Iterator[Found]:
    """Yield what is in a file: itself, where it is no archive or one that is a single recording."""
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else Path(source.path).open("rb") as file:
            head = file.read(_HEAD_BYTES)
            file.seek(0)
            if head.startswith(ZIP):
                yield from _zipped(file, source, name, limits, depth)
                return
            if _is_tar(head):
                yield from _tarred(file, name, limits, depth)
                return
            if head.startswith(GZIP) and _is_tar(
                zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 2 * _TAR_PLACE)
            ):
                yield from _unzipped_tar(file.read(), name, limits, depth)
                return
    except OSError as error:
        yield Refused(name, f"cannot be read: {error.strerror or error}.")
        return
    except zlib.error:
        # A damaged gzip file may yet be read in part.
        pass
    yield _single(source, name, limits)


def _single(source: bytes | LocalFile, name: str, limits: FolderLimits, bodies: Files | None = None) -> Member:
    if isinstance(source, LocalFile):
        return Member(name, source, source.size_bytes)
    beside = sum(map(len, bodies.files.values())) if bodies else 0
    size_bytes = len(source) + beside
    return Member(name, Held(source, name, limits, bodies), size_bytes, size_bytes)


def _is_tar(head: bytes) -> bool:
    return head[_TAR_PLACE : _TAR_PLACE + len(_TAR)] == _TAR


def _zipped(file: BinaryIO, source: bytes | LocalFile, name: str, limits: FolderLimits, depth: int) -> Iterator[Found]:
    if depth > _NESTED:
        yield _too_deep(name)
        return
    if _entries_of_zip(file) > limits.members:
        yield Refused(name, f"a zip file of more than {limits.members:,} files (the limit `members`).", _UNPACK)
        return
    try:
        archive = zipfile.ZipFile(file)
    except UNREADABLE as error:
        yield Refused(name, f"a zip file that cannot be read ({error}).", "Pack it again.")
        return
    with archive:
        entries = [_zip_entry(info, limits) for info in files_of(archive)]
        recordings = recordings_in(archive)
        if len(recordings) == 1 and not _is_archive(archive, recordings[0]):
            trouble = next((entry.trouble for entry in entries if entry.trouble), "")
            total = sum(entry.size_bytes for entry in entries)
            if not trouble and total > limits.total_bytes:
                trouble = f"unpacks to {total:,} bytes, over {limits.total_bytes:,} (the limit `total_bytes`)."
            yield Refused(name, *_with_advice(trouble)) if trouble else _single(source, name, limits)
            return
        yield from _unpacked(archive, entries, name, limits, depth)


def _entries_of_zip(file: BinaryIO) -> int:
    """Return how many files a zip file can list, counted before an object is made for each."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - _LONGEST_COMMENT - _END_BYTES))
    tail = file.read()
    place = tail.rfind(_END_OF_ZIP)
    size = int.from_bytes(tail[place + 12 : place + 16], "little")
    stop = end - len(tail) + place
    file.seek(max(0, stop - size))
    count = file.read(stop - file.tell()).count(_ENTRY_OF_ZIP) if place >= 0 else 0
    file.seek(0)
    return count


def _zip_entry(info: zipfile.ZipInfo, limits: FolderLimits) -> _Entry:
    most = most_unpacked(info.compress_size, limits)
    trouble = ""
    if info.flag_bits & 0x1:
        trouble = "is encrypted."
    elif (info.external_attr >> 16) & 0o170000 not in (0, 0o100000):
        trouble = "is a link or a device, and no file."
    elif info.file_size > most:
        trouble = unpacks_to_more(most, limits)[0]
    return _Entry(normpath(info.filename), info.file_size, most, trouble, info)


def _is_archive(archive: zipfile.ZipFile, member: str) -> bool:
    try:
        with archive.open(member) as file:
            head = file.read(_HEAD_BYTES)
        gzipped = head.startswith(GZIP)
        plain = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 2 * _TAR_PLACE) if gzipped else head
    except UNREADABLE:
        return False
    return head.startswith(ZIP) or _is_tar(plain)


def _unzipped_tar(data: bytes, name: str, limits: FolderLimits, depth: int) -> Iterator[Found]:
    most = min(limits.total_bytes, max(1 << 20, limits.ratio * len(data)))
    unpacked, _ = inflate(data, unpacking(most))
    if len(unpacked) > most:
        limit = "`total_bytes`" if most == limits.total_bytes else f"`ratio`, {limits.ratio} times its packed size"
        yield Refused(name, f"unpacks to more than {most:,} bytes (the limit {limit}).", _UNPACK)
        return
    yield from _tarred(io.BytesIO(unpacked), name, limits, depth)


def _tarred(file: BinaryIO, name: str, limits: FolderLimits, depth: int) -> Iterator[Found]:
    if depth > _NESTED:
        yield _too_deep(name)
        return
    entries: list[_Entry] = []
    broken = ""
    try:
        with tarfile.open(fileobj=file, mode="r:") as archive:
            try:
                # Not by iterating, since a header can lead back to one that was read.
                while len(entries) <= limits.members and (info := archive.next()) is not None:
                    if not info.isdir():
                        entries.append(_tar_entry(info, limits))
            except _TAR_ERRORS as error:
                broken = f"breaks off or is broken after {len(entries):,} files ({error})."
            yield from _unpacked(archive, entries, name, limits, depth)
    except _TAR_ERRORS as error:
        broken = f"a tar file that cannot be read ({error})."
    if broken:
        yield Refused(name, broken, "Pack it again.")


def _tar_entry(info: tarfile.TarInfo, limits: FolderLimits) -> _Entry:
    trouble = ""
    if info.issym() or info.islnk():
        trouble = "is a link, and no file."
    elif not info.isreg() or info.issparse():
        trouble = "is a device or a file with holes."
    elif not 0 <= info.size <= limits.member_bytes:
        trouble = unpacks_to_more(limits.member_bytes, limits)[0]
    return _Entry(normpath(info.name), info.size, limits.member_bytes, trouble, info)


def _unpacked(
    archive: zipfile.ZipFile | tarfile.TarFile, entries: list[_Entry], name: str, limits: FolderLimits, depth: int
) -> Iterator[Found]:
    """Yield what the files of an archive are, in the order of names, each with the bodies beside it."""
    bodies = bodies_among([entry.path for entry in entries if not entry.trouble])
    by_place: dict[str, list[_Entry]] = {}
    for entry in entries:
        if entry.path in bodies:
            by_place.setdefault(bodies[entry.path], []).append(entry)
    for entry in sorted(entries, key=lambda entry: entry.path):
        shown = f"{name}/{safe_path(entry.path, limits.name_length)}"
        if entry.path in bodies:
            yield PassedOver(shown, "the body of a recording beside it")
        elif why := passed_over_path(entry.path):
            yield PassedOver(shown, why)
        elif len(entry.path) > limits.name_length:
            yield Refused(
                shown, f"its name is longer than {limits.name_length:,} characters (the limit `name_length`)."
            )
        elif entry.trouble:
            yield Refused(shown, *_with_advice(entry.trouble))
        else:
            yield from _entry(archive, entry, by_place, shown, limits, depth)


def _entry(
    archive: zipfile.ZipFile | tarfile.TarFile,
    entry: _Entry,
    bodies: Mapping[str, list[_Entry]],
    shown: str,
    limits: FolderLimits,
    depth: int,
) -> Iterator[Found]:
    try:
        data = _read(archive, entry)
    except CassetteError as error:
        yield Refused(shown, error.reason, error.advice)
        return
    near = [body for place in dict.fromkeys(places_of(entry.path)) for body in bodies.get(place, ())]
    if not near:
        yield from packed(data, shown, limits, depth + 1)
        return
    files = Files(_bodies(archive, named_in(data, near)), str(normpath(f"{entry.path}/..")))
    yield _single(data, shown, limits, files)


class _Placed(Protocol):
    @property
    def path(self) -> str: ...


P = TypeVar("P", bound=_Placed)


def named_in(data: bytes, near: Iterable[P]) -> list[P]:
    """Return the bodies that a recording names; recorders write a name that is not ASCII in many ways."""
    names = [(body, body.path.rpartition("/")[2]) for body in near]
    return [body for body, name in names if not name.isascii() or name.encode() in data]


def _bodies(archive: zipfile.ZipFile | tarfile.TarFile, named: list[_Entry]) -> dict[str, bytes]:
    found = {}
    for body in named:
        try:
            found[body.path] = _read(archive, body)
        except CassetteError:
            # The recording itself says what is missing.
            continue
    return found


def _read(archive: zipfile.ZipFile | tarfile.TarFile, entry: _Entry) -> bytes:
    """Return the content of an entry; raise `CassetteError` where it is damaged or larger than it may be."""
    try:
        if isinstance(entry.place, zipfile.ZipInfo) and isinstance(archive, zipfile.ZipFile):
            with archive.open(entry.place) as member:
                data = member.read(entry.most_bytes + 1)
        elif isinstance(entry.place, tarfile.TarInfo) and isinstance(archive, tarfile.TarFile):
            file = archive.extractfile(entry.place)
            data = file.read(entry.most_bytes + 1) if file else b""
            if len(data) < entry.size_bytes:
                raise CassetteError(entry.path, "is cut off, as the archive is.", "Pack it again.")
    except (*UNREADABLE, *_TAR_ERRORS) as error:
        if isinstance(error, CassetteError):
            raise
        raise CassetteError(entry.path, f"cannot be unpacked ({error}).", "Pack it again.") from error
    return data


def _with_advice(trouble: str) -> tuple[str, str]:
    return trouble, "Unpack it with its password, and open the files." if "encrypted" in trouble else _UNPACK


def _too_deep(name: str) -> Refused:
    return Refused(name, "an archive in an archive in an archive.", _UNPACK)
