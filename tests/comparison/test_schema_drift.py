import json

import viewer
from tests.support.har_files import asked, chat, entry, events, har
from viewer.comparison.schema_drift import schema_drift
from viewer.comparison.side import side


def drift(left, right):
    return schema_drift(*(side(viewer.load(har(one), "a.har"), 0) for one in (left, right)))


def told(left, right):
    return [(one.location, one.event, one.path, one.what) for one in drift(left, right)]


def test_a_field_that_came_is_found_with_its_path_and_count():
    found = drift(entry(asked(), chat("a", "b")), entry(asked(), chat("a", "b", service_tier="default")))
    assert [(one.location, one.path, one.what) for one in found] == [("event", "service_tier", "added")]
    assert found[0].left == {}
    assert found[0].right == {"string": 4}


def test_a_field_inside_arrays_has_its_indices_folded():
    left = chat("a", {"content": "b"})
    right = chat("a", {"reasoning_content": "x", "content": "b"})
    assert told(entry(asked(), left), entry(asked(), right)) == [
        ("event", "", "choices[].delta.reasoning_content", "added")
    ]


def test_swapped_what_came_went():
    left, right = entry(asked(), chat("a")), entry(asked(), chat("a", service_tier="x"))
    assert told(right, left) == [("event", "", "service_tier", "removed")]


def test_a_type_that_changed_is_found():
    left, right = entry(asked(), chat("a", created=1)), entry(asked(), chat("a", created="1"))
    found = drift(left, right)
    assert [(one.path, one.what, one.left, one.right) for one in found] == [
        ("created", "changed type", {"number": 3}, {"string": 3})
    ]


def test_whole_and_fractional_numbers_are_one_type():
    left, right = entry(asked(), chat("a", created=1)), entry(asked(), chat("a", created=1.5))
    assert told(left, right) == []


def test_of_what_came_only_the_top_is_told():
    left, right = entry(asked(), chat("a")), entry(asked(), chat("a", filters={"hate": {"filtered": False}}))
    assert told(left, right) == [("event", "", "filters", "added")]


def test_events_of_other_types_are_apart():
    left = [{"type": "message_start", "message": {"role": "assistant"}}, {"type": "content_block_delta", "delta": {}}]
    right = [*left[:1], {"type": "content_block_delta", "delta": {}, "index": 0}, {"type": "message_stop"}]
    assert told(entry(asked(), events(*left, done=False)), entry(asked(), events(*right, done=False))) == [
        ("event", "content_block_delta", "index", "added"),
        ("event", "message_stop", "", "added"),
    ]


def test_pings_are_a_matter_of_time():
    told_once = [{"type": "message_start", "message": {}}, {"type": "content_block_delta", "delta": {}}]
    left, right = events(*told_once, done=False), events({"type": "ping"}, *told_once, done=False)
    assert told(entry(asked(), left), entry(asked(), right)) == []


def test_fields_that_a_model_named_are_none_of_the_schema():
    def gemini(arguments):
        part = {"functionCall": {"name": "weather", "args": arguments}}
        return events({"candidates": [{"content": {"role": "model", "parts": [part]}}]}, done=False)

    url = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2:streamGenerateContent?alt=sse"
    left = entry({"contents": []}, gemini({"city": "Paris"}), url=url)
    right = entry({"contents": []}, gemini({"town": 5}), url=url)
    assert told(left, right) == []


def test_an_array_without_items_says_nothing_of_them():
    assert told(entry(asked(tools=[]), chat("a")), entry(asked(), chat("a"))) == []


def test_the_request_is_looked_at_and_only_where_both_are_json():
    assert told(entry(asked(), chat("a")), entry(asked(seed=7), chat("a"))) == [("request", "", "seed", "added")]
    assert told(entry("plain", chat("a")), entry(asked(seed=7), chat("a"))) == []


def test_a_body_that_came_whole_is_looked_at():
    left, right = (
        entry(asked(), {"object": "list", "data": [{"id": "x", **more}]}, content_type="application/json")
        for more in ({}, {"owned_by": "me"})
    )
    assert told(left, right) == [("response", "", "data[].owned_by", "added")]


def test_hostile_depth_and_breadth_are_bounded():
    deep = "data: " + '{"a":' * 900 + "1" + "}" * 900 + "\n\n"
    wide = "".join(f'data: {{"k{number}": {json.dumps([number])}}}\n\n' for number in range(30_000))
    found = drift(entry(asked(), chat("a") + deep), entry(asked(), chat("a") + wide))
    assert 9_000 < len(found) < 21_000
