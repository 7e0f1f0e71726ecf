"""The library rows of many recordings, read in groups that all sessions share."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from viewer.library.library import Batch, Library, join_batches, read_batches
from viewer.pages.server.cache import server_cache
from viewer.pages.server.limits import limits
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.slots import slots
from viewer.text.words import number

# Opening one more recording reads one group again, so a group is small; each costs a cache entry and a slot.
_GROUP_SIZE = 16
_SESSION_KEY = "library_rows"


def read_rows(listed: Sequence[ListedRecording]) -> Library:
    """Return the rows of recordings, reading only groups that neither this session nor the server's cache has.

    Raise `CassetteError` if no slot is free in time.
    """
    # Opened recordings are listed last first. Here the latest comes last, so that it changes only the last group.
    ordered = [one for one in listed if one.origin != "opened"]
    ordered += [one for one in reversed(listed) if one.origin == "opened"]
    groups = [tuple(ordered[start : start + _GROUP_SIZE]) for start in range(0, len(ordered), _GROUP_SIZE)]
    earlier: dict[Hashable, Batch] = st.session_state.get(_SESSION_KEY, {})
    batches: dict[Hashable, Batch] = {}
    bar = None
    for place, group in enumerate(groups):
        key = ("rows", *((one.key, one.member.size_bytes) for one in group))
        if key not in earlier:
            bar = bar or st.progress(0.0, "Reading")
            # Without the name of the recording: Streamlit renders this text as Markdown.
            bar.progress(place / len(groups), f"Read {number(place * _GROUP_SIZE)} of {number(len(ordered))}")
        batches[key] = earlier.get(key) or server_cache().get(key, partial(_read_group, group), _size_bytes)
    if bar:
        bar.empty()
    st.session_state[_SESSION_KEY] = batches
    return join_batches(batches.values())


def _read_group(group: Sequence[ListedRecording]) -> Batch:
    with slots().hold("The library"):
        members = [replace(one.member, name=one.key) for one in group]
        return next(read_batches(members, batch_size=_GROUP_SIZE, limits=limits().reading))


def _size_bytes(batch: Batch) -> int:
    return sum(int(table.memory_usage(deep=True).sum()) for table in (batch.streams, batch.texts, batch.unreadable))
