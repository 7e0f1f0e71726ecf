import pytest

import viewer
from tests.support.checking import violations_in
from tests.support.har_files import asked, chat, entry, events, har, tool_call


@pytest.fixture
def folders(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    return tmp_path


def write(folder, *bodies, url="https://api.openai.com/v1/chat/completions"):
    for number, body in enumerate(bodies):
        (folder / f"{number}.har").write_bytes(har(entry(asked(), body, url=url)))


def drift(folders):
    return violations_in(folders / "new", "drift", against=str(folders / "old"))


def told(folders):
    return [one.message.partition(" in the events of ")[0] for one in drift(folders)]


def test_a_new_field_is_told_once_with_the_number_of_files(folders):
    write(folders / "old", chat("a"))
    write(folders / "new", chat("a"), chat("b", service_tier="default"), chat("c", service_tier="flex"))
    [found] = drift(folders)
    assert found.file.endswith("new/1.har")
    assert found.message == (
        f"“service_tier” (string) is new in the events of gpt-4o-2024 (openai-chat), compared with {folders}/old/:"
        " in 2 of 3 files."
    )


def test_a_changed_type_is_told(folders):
    write(folders / "old", chat("a", created=1))
    write(folders / "new", chat("a", created="1"))
    assert told(folders) == ["“created” changed its type from number to string"]


def test_a_field_that_every_event_had_is_told_if_it_is_missing(folders):
    write(folders / "old", chat("a", service_tier="x"))
    write(folders / "new", chat("a"))
    assert told(folders) == ["“service_tier” is missing"]


def test_fields_that_only_some_events_have_may_be_missing(folders):
    write(folders / "old", chat("a", tool_call("weather", "{}")), chat("a", {"refusal": "no"}))
    write(folders / "new", chat("a"))
    assert told(folders) == []


def test_a_field_in_any_of_the_older_recordings_is_known(folders):
    write(folders / "old", chat("a"), chat("a", service_tier="x"))
    write(folders / "new", chat("a", service_tier="x"))
    assert told(folders) == []


def test_a_null_in_place_of_a_value_is_no_drift(folders):
    write(folders / "old", chat("a", tier=None, other="a"))
    write(folders / "new", chat("a", tier="x", other=None))
    assert told(folders) == []


def test_blocks_of_another_type_are_not_compared(folders):
    def message(*blocks):
        start = {"type": "message_start", "message": {"model": "claude", "role": "assistant", "content": []}}
        added = [{"type": "content_block_start", "index": 0, "content_block": block} for block in blocks]
        return events(start, *added, {"type": "message_stop"}, done=False)

    write(folders / "old", message({"type": "text", "text": ""}))
    write(folders / "new", message({"type": "thinking", "thinking": ""}), message({"type": "text", "text": "", "x": 1}))
    assert told(folders) == ["“content_block.x” of “content_block_start” (number) is new"]


@pytest.mark.parametrize(
    "old",
    [
        {"bodies": [chat("a", model="gpt-3.5")]},
        {"bodies": [chat("a")], "url": "https://a.openai.azure.com/openai/deployments/a/chat/completions"},
        {"bodies": []},
    ],
    ids=["model", "provider", "nothing"],
)
def test_events_of_another_model_or_provider_are_not_compared(folders, old):
    write(folders / "old", *old.pop("bodies"), **old)
    write(folders / "new", chat("a", service_tier="x"))
    assert told(folders) == []


def test_files_that_are_not_recordings_are_no_part_of_what_is_expected(folders):
    write(folders / "old", chat("a"))
    (folders / "old" / "notes.yaml").write_text("a: 1")
    write(folders / "new", chat("a", service_tier="x"))
    assert told(folders) == ["“service_tier” (string) is new"]


def test_nothing_is_compared_without_a_folder_to_compare_with(folders):
    write(folders / "new", chat("a"))
    assert violations_in(folders / "new", "drift") == []


def test_a_folder_that_is_not_there_is_refused(folders):
    write(folders / "new", chat("a"))
    with pytest.raises(viewer.CassetteError, match="missing: is not a folder"):
        violations_in(folders / "new", "drift", against=str(folders / "missing"))
