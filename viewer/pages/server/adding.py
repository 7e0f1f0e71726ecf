"""Adding the recordings of a file or an archive to those that a browser has opened."""

from dataclasses import dataclass, field

import viewer
from viewer.files.entries import Member, Named, Refused
from viewer.files.folders import members
from viewer.pages.server.limits import limits
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.recordings import digest
from viewer.pages.server.slots import slots
from viewer.pages.server.uploads import UploadStore, upload_store

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


def add_file(browser: str, data: bytes, name: str, store: UploadStore | None = None) -> Added:
    """Add the recordings in a file or archive. A member that cannot be opened is refused; the others are still added."""
    store = store or upload_store()
    added = Added()
    try:
        with slots().hold(name):
            for found in members(Named(data, name), limits=limits().folders):
                if isinstance(found, Refused):
                    added.refused.append(found)
                elif isinstance(found, Member):
                    _add_member(found, browser, store, added)
                else:
                    added.skipped += 1
    except viewer.CassetteError as error:
        added.refused.append(Refused(name, error.reason, error.advice))
    return added


def _add_member(member: Member, browser: str, store: UploadStore, added: Added) -> None:
    # The user dropped files; the archive around them is ours.
    name = member.name.removeprefix(f"{PACKED}/")
    try:
        content = member.read()
    except viewer.CassetteError as error:
        added.refused.append(Refused(name, error.reason, error.advice))
        return
    # Including the bodies that the archive held next to it.
    size_bytes = max(len(content.data), member.unpacked_bytes)
    kept = store.add(browser, ListedRecording(digest(content), name, "opened", member), size_bytes)
    if kept is None:
        reason = f"does not fit beside what is open {store.allowed.exceeded('session_bytes')}."
        added.refused.append(Refused(name, reason, "Remove recordings that you no longer need, under Open…."))
    else:
        added.recordings.append(kept)
