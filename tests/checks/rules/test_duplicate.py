import json

import pytest

from tests.support.checking import violations_in
from tests.support.har_files import asked, chat, entry, har, tool_call

CALL = entry(asked(), chat("Hel", "lo"))


def write(folder, **files):
    for name, entries in files.items():
        path = folder / f"{name}.har"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(har(*entries))


def groups(folder):
    return [
        (one.file.removeprefix(f"{folder}/"), one.message.replace(f"{folder}/", ""))
        for one in violations_in(folder, "duplicate")
    ]


def test_equal_recordings_are_told_once_with_all_their_names(tmp_path):
    write(tmp_path, a=[CALL], b=[CALL], c=[CALL], other=[entry(asked(), chat("Bye"))])
    assert groups(tmp_path) == [("b.har", "Holds the same 1 interaction as a.har, c.har.")]


def test_many_equal_recordings_are_named_up_to_ten_and_counted(tmp_path):
    write(tmp_path, **{f"r{number:02}": [CALL] for number in range(14)})
    [(file, message)] = groups(tmp_path)
    assert file == "r01.har"
    assert message.count(".har") == 9
    assert message.endswith("r09.har and 4 others.")


@pytest.mark.parametrize(
    "other",
    [
        entry(asked(), chat("Hel", "lo", call_id="chatcmpl-2", created=1_800_000_000)),
        entry(asked(), chat("H", "ello")),
        entry(asked(), chat("Hel", "lo"), headers={"X-Request-Id": "7"}),
    ],
    ids=["other ids and times", "other chunks", "other headers"],
)
def test_ids_times_headers_and_chunks_do_not_count(tmp_path, other):
    write(tmp_path, a=[CALL], b=[other])
    assert len(groups(tmp_path)) == 1


@pytest.mark.parametrize(
    "others",
    [
        [entry(asked(temperature=0.7), chat("Hel", "lo"))],
        [entry(asked(), chat("Hel", "lo", "!"))],
        [entry(asked(), chat("Hel", "lo", finish="length"))],
        [entry(asked(), chat("Hel", "lo", tool_call("weather", "{}")))],
        [entry(asked(), chat("Hel", "lo", model="gpt-4o-mini"))],
        [entry(asked(), chat("Hel", "lo"), url="https://api.openai.com/v1/chat/completions?after=2")],
        [entry(asked(), chat("Hel", "lo"), url="https://api.x.ai/v1/chat/completions")],
        [entry(asked(), chat("Hel", "lo"), status=201)],
        [entry(asked(), chat("Hel", "lo", usage={"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}))],
        [CALL, CALL],
    ],
    ids=[
        "setting",
        "text",
        "finish reason",
        "tool call",
        "model",
        "query",
        "host",
        "status",
        "usage",
        "one more interaction",
    ],
)
def test_recordings_that_differ_are_no_duplicates(tmp_path, others):
    write(tmp_path, a=[CALL], b=others)
    assert groups(tmp_path) == []


def test_answers_that_no_model_gave_are_compared_by_their_bodies(tmp_path):
    answers = {"a": {"id": 1, "up": True}, "b": {"id": 2, "up": True}, "c": {"id": 3, "up": False}}
    for name, answer in answers.items():
        call = entry(answer=json.dumps(answer), method="GET", content_type="application/json")
        write(tmp_path, **{name: [call]})
    assert groups(tmp_path) == [("b.har", "Holds the same 1 interaction as a.har.")]


def test_recordings_without_any_answer_are_not_compared(tmp_path):
    write(tmp_path, a=[entry(asked())], b=[entry(asked())])
    assert groups(tmp_path) == []


def test_the_same_answer_in_another_format_is_no_duplicate(tmp_path):
    write(tmp_path, a=[entry(None, chat("Hello"), url="", method="")])
    (tmp_path / "b.sse").write_text(chat("Hello"))
    assert groups(tmp_path) == []


def test_recordings_that_are_left_out_are_in_no_group(tmp_path):
    write(tmp_path, a=[CALL], b=[CALL])
    assert violations_in(tmp_path, "duplicate", exclude=("*/b.har",)) == []
