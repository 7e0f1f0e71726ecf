"""Adding the recordings of a file or an archive to those that a browser has opened."""

from dataclasses import dataclass, field, replace

from viewer.files.entries import Content, Member, Named, Refused
from viewer.files.folders import Source, members
from viewer.pages.server.limits import limits
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.recordings import digest
from viewer.pages.server.slots import slots
from viewer.pages.server.uploads import UploadStore, upload_store
from viewer.types.problems import CassetteError

PACKED = "dropped.tar"
"""The archive that packing.js makes when many files are dropped."""


@dataclass(slots=True)
class Added:
    """What became of the files that were opened together."""

    recordings: list[ListedRecording] = field(default_factory=list)
    """In order, including those that were already there."""
    refused: list[Refused] = field(default_factory=list)
    skipped: int = 0
    """How many files cannot hold a recording."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """The content of a file as it was when it was opened. Can be sent to another process."""

    content: Content

    def __call__(self) -> Content:
        return self.content


def add_file(browser: str, data: bytes, name: str, store: UploadStore | None = None) -> Added:
    """Add the recordings in a file or archive that a browser has sent, as `add_source` does."""
    return add_source(browser, Named(data, name), store or upload_store())


def add_source(browser: str, source: Source, store: UploadStore) -> Added:
    """Add the recordings in a file or archive. A member that cannot be opened is refused; the others are still added."""
    added = Added()
    name = source.name if isinstance(source, Named) else str(source)
    try:
        with slots().hold(name):
            for found in members(source, limits=limits().folders):
                if isinstance(found, Refused):
                    added.refused.append(found)
                elif isinstance(found, Member):
                    _add_member(found, browser, store, added)
                else:
                    added.skipped += 1
    except CassetteError as error:
        added.refused.append(Refused(name, error.reason, error.advice))
    return added


def _add_member(member: Member, browser: str, store: UploadStore, added: Added) -> None:
    # The user dropped files; the archive around them is ours.
    name = member.name.removeprefix(f"{PACKED}/")
    try:
        content = member.read()
    except CassetteError as error:
        added.refused.append(Refused(name, error.reason, error.advice))
        return
    # Including the bodies that the archive held next to it.
    size_bytes = max(len(content.data), member.unpacked_bytes)
    if not member.unpacked_bytes:
        # The file on disk may change. The key is that of its content now.
        member = replace(member, read=_Kept(content), unpacked_bytes=size_bytes)
    kept = store.add(browser, ListedRecording(digest(content), name, "opened", member), size_bytes)
    if kept is None:
        reason = f"does not fit beside what is open {store.allowed.exceeded('session_bytes')}."
        added.refused.append(Refused(name, reason, "Remove recordings that you no longer need, under Open…."))
    else:
        added.recordings.append(kept)
