import multiprocessing
import time

import pytest

from viewer.files.folders import members
from viewer.library.library import join_batches
from viewer.pages.server import library_rows
from viewer.pages.server.cache import server_cache
from viewer.pages.server.library_rows import RowReader, groups_of
from viewer.pages.server.recordings import ListedRecording

DEADLINE_S = 60


def recordings(folder, count, origin="library"):
    for number in range(count):
        text = (
            f'data: {{"object":"chat.completion.chunk","choices":[{{"index":0,"delta":{{"content":"{number}"}}}}]}}\n\n'
        )
        (folder / f"{number:03}.sse").write_text(text)
    return [ListedRecording(f"{folder}/{one.name}", one.name, origin, one) for one in members(folder)]


def ask_until_ready(reader, groups):
    """Ask as pages do. Return the batches in the order of the groups."""
    ready = {}
    stop_s = time.monotonic() + DEADLINE_S
    while len(ready) < len(groups):
        assert time.monotonic() < stop_s, f"{len(ready)} of {len(groups)} groups are ready"
        ready |= reader.ask([group for group in groups if group.key not in ready])
        time.sleep(0.01)
    return [ready[group.key] for group in groups]


def wait_until(is_so):
    stop_s = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < stop_s
        time.sleep(0.01)


@pytest.fixture
def reads(monkeypatch):
    """The names of the recordings that were read in this process."""
    names = []
    original = library_rows.read_task

    def counted(task, limits):
        names.extend(one.name for one in task.found)
        return original(task, limits)

    monkeypatch.setattr(library_rows, "read_task", counted)
    return names


def test_a_large_recording_is_not_read_together_with_others(tmp_path, monkeypatch):
    small = recordings(tmp_path, 3)
    monkeypatch.setattr(library_rows, "_GROUP_BYTES", 2 * small[0].member.size_bytes)
    assert [len(group.recordings) for group in groups_of(small)] == [2, 1]
    monkeypatch.setattr(library_rows, "_GROUP_BYTES", 1)
    assert [len(group.recordings) for group in groups_of(small)] == [1, 1, 1]


def test_recordings_are_read_in_groups_in_the_background_and_only_once(tmp_path, reads):
    groups = groups_of(recordings(tmp_path, 40))
    reader = RowReader(1)
    assert reader.ask(groups) == {}
    library = join_batches(ask_until_ready(reader, groups))
    assert library.streams["opening"].tolist() == [str(number) for number in range(40)]
    # Another session finds them in the cache of the server.
    assert len(RowReader(1).ask(groups)) == len(groups)
    assert len(reads) == 40


def test_many_recordings_are_read_in_processes_too(tmp_path):
    groups = groups_of(recordings(tmp_path, 16 * 9))
    library = join_batches(ask_until_ready(RowReader(2), groups))
    assert library.streams["opening"].tolist() == [str(number) for number in range(16 * 9)]


def test_what_nobody_asks_for_any_more_is_not_read(tmp_path, reads, monkeypatch):
    now_s = 0.0
    reader = RowReader(1, clock=lambda: now_s)
    groups = groups_of(recordings(tmp_path, 40))
    store = server_cache().get

    def leave_after_the_first_group(*arguments):
        nonlocal now_s
        now_s += 60
        return store(*arguments)

    monkeypatch.setattr(server_cache(), "get", leave_after_the_first_group)
    reader.ask(groups)
    wait_until(lambda: reader.is_idle)
    assert len(reads) == 16
    # Whoever comes back gets the rest.
    monkeypatch.setattr(server_cache(), "get", store)
    ask_until_ready(reader, groups)
    assert len(reads) == 40


def test_opening_one_more_recording_changes_only_the_last_group(tmp_path):
    opened = recordings(tmp_path, 20, origin="opened")
    # The recording that was opened last is listed first.
    before = groups_of(list(reversed(opened[:19])))
    after = groups_of(list(reversed(opened)))
    assert [group.key for group in before[:-1]] == [group.key for group in after[:-1]]
    assert before[-1].key != after[-1].key


def test_when_the_server_ends_nothing_more_is_read_and_no_process_is_left(tmp_path):
    groups = groups_of(recordings(tmp_path, 320))
    reader = RowReader(2)
    wait_until(lambda: reader.ask(groups) and multiprocessing.active_children())
    reader.stop()
    wait_until(lambda: reader.is_idle and not multiprocessing.active_children())
    ready = reader.ask(groups)
    assert len(ready) < len(groups)
    wait_until(lambda: reader.is_idle)
    assert len(reader.ask(groups)) == len(ready)
