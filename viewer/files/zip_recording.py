"""A zip file that is one recording.

Playwright writes a HAR archive with each body as a member of its own. Fiddler writes a member for each request and response,
and Inspect one for each sample.
"""

import io
import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass, replace
from posixpath import dirname, join, normpath

from viewer.files.content_encoding import HARMLESS_BYTES
from viewer.files.inspect_archive import header_of, read_inspect_archive
from viewer.files.sidecars import MAX_BYTES, PLAYWRIGHT_BODY
from viewer.types.limits import DEFAULT_LIMITS, Limits
from viewer.types.problems import CassetteError

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""The first bytes of a zip file, and of an empty one."""

# https://docs.telerik.com/fiddler-everywhere/knowledge-base/fiddler-archives
_FIDDLER_REQUEST = re.compile(r"raw[/\\][0-9]{1,9}_c\.txt")

# What zipfile raises if a member is absent, encrypted, damaged, or packed in an unknown way.
UNREADABLE = (KeyError, OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)
_ADVICE = "Unpack it and open the files in it; viewer.library opens all of them at once."


@dataclass(frozen=True, slots=True, eq=False)
class ZipSidecars:
    """Files in a zip file."""

    file: zipfile.ZipFile
    root: str = ""
    max_bytes: int = MAX_BYTES

    def __call__(self, name: str, folder: str = "") -> bytes | None:
        """Return a member's content, or None if it is absent, unreadable or too large."""
        place = normpath(join(self.root, folder))
        try:
            with self.file.open(name if place == "." else join(place, name)) as member:
                content = member.read(self.max_bytes + 1)
        except UNREADABLE:
            return None
        return content if len(content) <= self.max_bytes else None


def files_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the entries of a zip file that are files. Damaged zip files have entries without a name, which are not."""
    return [info for info in archive.infolist() if info.filename and not info.is_dir()]


def recordings_in(archive: zipfile.ZipFile) -> list[str]:
    """Return the members of a zip file that are not bodies of a HAR archive: exactly one if the zip file is one recording.

    In an archive of Fiddler, the first request stands for all members, and in one of Inspect, the header.
    """
    if first := _fiddler_request(archive) or header_of(archive):
        return [first]
    members = [info.filename for info in files_of(archive)]
    har_archives = [member for member in members if member.lower().endswith(".har")]
    is_playwright = all(PLAYWRIGHT_BODY.fullmatch(member) for member in members if member not in har_archives)
    return (har_archives if is_playwright else members) or members


def _fiddler_request(archive: zipfile.ZipFile) -> str:
    """Return the first request in an archive of Fiddler; "" if it is another zip file."""
    return next((info.filename for info in archive.infolist() if _FIDDLER_REQUEST.fullmatch(info.filename)), "")


def open_zip_recording(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> tuple[bytes, ZipSidecars]:
    """Return the content of the one cassette in a zip file, and the files next to it there.

    For an archive of Fiddler, these are the zip file itself and its members.
    Raise `CassetteError` if the zip file holds anything but one recording.
    """
    by_ratio = max(HARMLESS_BYTES, limits.decompression_ratio * len(data))
    max_bytes, limit = min((limits.decoded_bytes, "decoded_bytes"), (by_ratio, "decompression_ratio"))
    try:
        archive = ZipSidecars(zipfile.ZipFile(io.BytesIO(data)), max_bytes=max_bytes)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise CassetteError(name, f"is a zip file that cannot be read ({error}).", "Pack it again.") from error
    if _fiddler_request(archive.file):
        return data, archive
    if header_of(archive.file):
        try:
            return read_inspect_archive(archive.file, data, name, replace(limits, decoded_bytes=max_bytes)), archive
        except UNREADABLE as error:
            raise CassetteError(
                name, f"is a log of Inspect that cannot be read ({error}).", "Pack it again."
            ) from error
    recordings = recordings_in(archive.file)
    if len(recordings) != 1:
        raise CassetteError(
            name, f"is a zip file of {len(recordings)} files; only one can be shown at a time.", _ADVICE
        )
    content = archive(recordings[0])
    if content is None:
        reason = f"is a zip file whose content is unreadable or too large {limits.exceeded(limit)}."
        raise CassetteError(name, reason, _ADVICE)
    return content, ZipSidecars(archive.file, dirname(recordings[0]), max_bytes)
