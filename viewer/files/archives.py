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
    BODY_OF_ANOTHER,
    RATIO_FROM_BYTES,
    Content,
    FolderLimits,
    Found,
    LocalFile,
    Member,
    Refusal,
    Refused,
    Skipped,
    check_size,
    max_unpacked_bytes,
    unpacking_limits,
    unpacks_to_too_much,
    what_is_exceeded,
)
from viewer.files.not_recordings import reason_to_skip_path
from viewer.files.sidecars import MemorySidecars, bodies_among, is_of_subagent, no_sidecars, places_of
from viewer.files.zip_recording import UNREADABLE, ZIP, files_of, recordings_in
from viewer.text.safe import safe_path
from viewer.types.problems import CassetteError

# An archive in an archive is opened, one inside that is not.
_MAX_DEPTH = 1
# Enough to recognise a tar file, also inside gzip.
_HEAD_BYTES = 1 << 16
_TAR_MAGIC_OFFSET = 257
_TAR_MAGIC = b"ustar"
_TAR_ERRORS = (tarfile.TarError, OSError, EOFError, ValueError, OverflowError, RecursionError, zlib.error)
# The end record of a zip file is followed by a comment of up to 64 KiB (APPNOTE 4.3.16).
_ZIP_END = b"PK\x05\x06"
_ZIP_ENTRY = b"PK\x01\x02"
_ZIP_END_BYTES = 22
_MAX_COMMENT_BYTES = 1 << 16
_UNPACK = "Unpack it and open the files in it."
_UNPACK_ENCRYPTED = "Unpack it with its password and open the files."
_PACK_AGAIN = "Pack it again."


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A recording from an archive, held in memory with the bodies next to it there."""

    data: bytes
    name: str
    limits: FolderLimits
    bodies: MemorySidecars | None = None

    def __call__(self) -> Content:
        """Return the content. Raise `CassetteError` if it exceeds a limit."""
        return Content(check_size(self.data, self.name, self.limits), self.bodies or no_sidecars)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One file of an archive, before it is read."""

    path: str
    """Its name in the archive without "./". Used as a key, never as a path."""
    size_bytes: int
    max_bytes: int
    trouble: Refusal | None
    """Why it cannot be read; None if it can."""
    info: zipfile.ZipInfo | tarfile.TarInfo


def open_packed(source: bytes | LocalFile, name: str, limits: FolderLimits, depth: int = 0) -> Iterator[Found]:
    """Yield what an archive contains, or the file itself if it is not an archive or is a single recording."""
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else Path(source.path).open("rb") as file:
            head = file.read(_HEAD_BYTES)
            file.seek(0)
            if head.startswith(ZIP):
                yield from _zip_entries(file, source, name, limits, depth)
                return
            if _is_tar(head):
                yield from _tar_entries(file, name, limits, depth)
                return
            if head.startswith(GZIP) and _is_tar(
                zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 2 * _TAR_MAGIC_OFFSET)
            ):
                yield from _gzipped_tar_entries(file.read(), name, limits, depth)
                return
    except OSError as error:
        yield Refused(name, f"cannot be read: {error.strerror or error}.")
        return
    except zlib.error:
        # Part of a damaged gzip file may still be readable.
        pass
    yield _recording(source, name, limits)


def _recording(
    source: bytes | LocalFile, name: str, limits: FolderLimits, bodies: MemorySidecars | None = None
) -> Member:
    if isinstance(source, LocalFile):
        return Member(name, source, source.size_bytes)
    size_bytes = len(source) + (sum(map(len, bodies.files.values())) if bodies else 0)
    return Member(name, Unpacked(source, name, limits, bodies), size_bytes, size_bytes)


def _is_tar(head: bytes) -> bool:
    return head[_TAR_MAGIC_OFFSET : _TAR_MAGIC_OFFSET + len(_TAR_MAGIC)] == _TAR_MAGIC


def _zip_entries(
    file: BinaryIO, source: bytes | LocalFile, name: str, limits: FolderLimits, depth: int
) -> Iterator[Found]:
    if depth > _MAX_DEPTH:
        yield _too_deep(name)
        return
    if _count_zip_entries(file) > limits.members:
        yield Refused(name, f"is a zip file with too many files {limits.exceeded('members')}.", _UNPACK)
        return
    try:
        archive = zipfile.ZipFile(file)
    except UNREADABLE as error:
        yield Refused(name, f"is a zip file that cannot be read ({error}).", _PACK_AGAIN)
        return
    with archive:
        entries = [_from_zip_info(info, limits) for info in files_of(archive)]
        recordings = recordings_in(archive)
        if len(recordings) == 1 and not _is_archive(archive, recordings[0]):
            trouble = next((entry.trouble for entry in entries if entry.trouble), None)
            total = sum(entry.size_bytes for entry in entries)
            if not trouble and total > limits.total_bytes:
                trouble = Refusal(f"unpacks to {total:,} bytes {limits.exceeded('total_bytes')}.", _UNPACK)
            yield Refused(name, *trouble) if trouble else _recording(source, name, limits)
            return
        yield from _archive_entries(archive, entries, name, limits, depth)


def _count_zip_entries(file: BinaryIO) -> int:
    """Count the files that a zip file lists, without creating an object for each."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - _MAX_COMMENT_BYTES - _ZIP_END_BYTES))
    tail = file.read()
    place = tail.rfind(_ZIP_END)
    size = int.from_bytes(tail[place + 12 : place + 16], "little")
    stop = end - len(tail) + place
    file.seek(max(0, stop - size))
    count = file.read(stop - file.tell()).count(_ZIP_ENTRY) if place >= 0 else 0
    file.seek(0)
    return count


def _from_zip_info(info: zipfile.ZipInfo, limits: FolderLimits) -> _Entry:
    max_bytes = max_unpacked_bytes(info.compress_size, limits)
    trouble = None
    if info.flag_bits & 0x1:
        trouble = Refusal("is encrypted.", _UNPACK_ENCRYPTED)
    elif (info.external_attr >> 16) & 0o170000 not in (0, 0o100000):
        trouble = Refusal("is a link or a device, not a file.", _UNPACK)
    elif info.file_size > max_bytes:
        trouble = Refusal(unpacks_to_too_much(max_bytes, limits).reason, _UNPACK)
    return _Entry(normpath(info.filename), info.file_size, max_bytes, trouble, info)


def _is_archive(archive: zipfile.ZipFile, member: str) -> bool:
    try:
        with archive.open(member) as file:
            head = file.read(_HEAD_BYTES)
        gzipped = head.startswith(GZIP)
        plain = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 2 * _TAR_MAGIC_OFFSET) if gzipped else head
    except UNREADABLE:
        return False
    return head.startswith(ZIP) or _is_tar(plain)


def _gzipped_tar_entries(data: bytes, name: str, limits: FolderLimits, depth: int) -> Iterator[Found]:
    max_bytes = min(limits.total_bytes, max(RATIO_FROM_BYTES, limits.ratio * len(data)))
    unpacked = inflate(data, unpacking_limits(max_bytes)).data
    if len(unpacked) > max_bytes:
        limit = "total_bytes" if max_bytes == limits.total_bytes else "ratio"
        yield Refused(name, what_is_exceeded(max_bytes, limit, limits), _UNPACK)
        return
    yield from _tar_entries(io.BytesIO(unpacked), name, limits, depth)


def _tar_entries(file: BinaryIO, name: str, limits: FolderLimits, depth: int) -> Iterator[Found]:
    if depth > _MAX_DEPTH:
        yield _too_deep(name)
        return
    entries: list[_Entry] = []
    broken = ""
    try:
        with tarfile.open(fileobj=file, mode="r:") as archive:
            try:
                # Iterating would not end if a header leads back to an earlier one.
                while len(entries) <= limits.members and (info := archive.next()) is not None:
                    if not info.isdir():
                        entries.append(_from_tar_info(info, limits))
            except _TAR_ERRORS as error:
                broken = f"is cut off or damaged after {len(entries):,} files ({error})."
            yield from _archive_entries(archive, entries, name, limits, depth)
    except _TAR_ERRORS as error:
        broken = f"is a tar file that cannot be read ({error})."
    if broken:
        yield Refused(name, broken, _PACK_AGAIN)


def _from_tar_info(info: tarfile.TarInfo, limits: FolderLimits) -> _Entry:
    trouble = None
    if info.issym() or info.islnk():
        trouble = Refusal("is a link, not a file.", _UNPACK)
    elif not info.isreg() or info.issparse():
        trouble = Refusal("is a device or a sparse file.", _UNPACK)
    elif not 0 <= info.size <= limits.member_bytes:
        trouble = Refusal(unpacks_to_too_much(limits.member_bytes, limits).reason, _UNPACK)
    return _Entry(normpath(info.name), info.size, limits.member_bytes, trouble, info)


def _archive_entries(
    archive: zipfile.ZipFile | tarfile.TarFile, entries: list[_Entry], name: str, limits: FolderLimits, depth: int
) -> Iterator[Found]:
    """Yield the files of an archive sorted by name, each recording with its bodies."""
    bodies = bodies_among([entry.path for entry in entries if not entry.trouble])
    by_place: dict[str, list[_Entry]] = {}
    for entry in entries:
        if entry.path in bodies:
            by_place.setdefault(bodies[entry.path], []).append(entry)
    for entry in sorted(entries, key=lambda entry: entry.path):
        shown = f"{name}/{safe_path(entry.path, limits.name_length)}"
        if entry.path in bodies:
            yield Skipped(shown, BODY_OF_ANOTHER)
        elif reason := reason_to_skip_path(entry.path):
            yield Skipped(shown, reason)
        elif len(entry.path) > limits.name_length:
            yield Refused(shown, f"has a name of {len(entry.path):,} characters {limits.exceeded('name_length')}.")
        elif entry.trouble:
            yield Refused(shown, *entry.trouble)
        else:
            yield from _open_entry(archive, entry, by_place, shown, limits, depth)


def _open_entry(
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
        yield from open_packed(data, shown, limits, depth + 1)
        return
    bodies_named = _read_bodies(archive, named_in(data, near))
    yield _recording(data, shown, limits, MemorySidecars(bodies_named, normpath(f"{entry.path}/..")))


class _HasPath(Protocol):
    @property
    def path(self) -> str: ...


P = TypeVar("P", bound=_HasPath)


def named_in(data: bytes, near: Iterable[P]) -> list[P]:
    """Return the bodies that a recording names. A name that is not ASCII counts as named: recorders escape it in many ways.

    So does the file of a subagent, which may be named only in the file of another subagent.
    """
    names = [(body, body.path.rpartition("/")[2]) for body in near]
    return [body for body, name in names if not name.isascii() or is_of_subagent(body.path) or name.encode() in data]


def _read_bodies(archive: zipfile.ZipFile | tarfile.TarFile, named: list[_Entry]) -> dict[str, bytes]:
    bodies = {}
    for body in named:
        try:
            bodies[body.path] = _read(archive, body)
        except CassetteError:
            # Opening the recording reports the missing body.
            continue
    return bodies


def _read(archive: zipfile.ZipFile | tarfile.TarFile, entry: _Entry) -> bytes:
    """Return the content of an entry. Raise `CassetteError` if it is damaged."""
    try:
        if isinstance(entry.info, zipfile.ZipInfo) and isinstance(archive, zipfile.ZipFile):
            with archive.open(entry.info) as member:
                data = member.read(entry.max_bytes + 1)
        elif isinstance(entry.info, tarfile.TarInfo) and isinstance(archive, tarfile.TarFile):
            file = archive.extractfile(entry.info)
            data = file.read(entry.max_bytes + 1) if file else b""
            if len(data) < entry.size_bytes:
                raise CassetteError(entry.path, "is cut off because the archive is.", _PACK_AGAIN)
    except (*UNREADABLE, *_TAR_ERRORS) as error:
        if isinstance(error, CassetteError):
            raise
        raise CassetteError(entry.path, f"cannot be unpacked ({error}).", _PACK_AGAIN) from error
    return data


def _too_deep(name: str) -> Refused:
    return Refused(name, "is nested too deeply: only one archive inside another is opened.", _UNPACK)
