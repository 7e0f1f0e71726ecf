import json

import viewer
from tests.support.har_files import asked, chat, entry, events, har
from viewer.comparison.schema_drift import Shape, drift_between, event_shape, schema_drift
from viewer.comparison.side import side


def drift(left, right):
    return schema_drift(*(side(viewer.load(har(one), "a.har"), 0) for one in (left, right)))


def changes_of(left, right):
    return [(one.location, one.event, one.path, one.what) for one in drift(left, right)]


def test_an_added_field_has_its_path_and_count():
    found = drift(entry(asked(), chat("a", "b")), entry(asked(), chat("a", "b", service_tier="default")))
    assert [(one.location, one.path, one.what) for one in found] == [("event", "service_tier", "added")]
    assert found[0].left == {}
    assert found[0].right == {"string": 4}


def test_paths_have_no_array_indices():
    left = chat("a", {"content": "b"})
    right = chat("a", {"reasoning_content": "x", "content": "b"})
    assert changes_of(entry(asked(), left), entry(asked(), right)) == [
        ("event", "", "choices[].delta.reasoning_content", "added")
    ]


def test_an_added_field_is_removed_if_the_sides_are_swapped():
    left, right = entry(asked(), chat("a")), entry(asked(), chat("a", service_tier="x"))
    assert changes_of(right, left) == [("event", "", "service_tier", "removed")]


def test_a_changed_type_is_found():
    left, right = entry(asked(), chat("a", created=1)), entry(asked(), chat("a", created="1"))
    found = drift(left, right)
    assert [(one.path, one.what, one.left, one.right) for one in found] == [
        ("created", "changed type", {"number": 3}, {"string": 3})
    ]


def test_integers_and_decimals_are_one_type():
    left, right = entry(asked(), chat("a", created=1)), entry(asked(), chat("a", created=1.5))
    assert changes_of(left, right) == []


def test_fields_inside_an_added_field_are_not_listed():
    left, right = entry(asked(), chat("a")), entry(asked(), chat("a", filters={"hate": {"filtered": False}}))
    assert changes_of(left, right) == [("event", "", "filters", "added")]


def test_fields_of_each_event_type_are_separate():
    left = [{"type": "message_start", "message": {"role": "assistant"}}, {"type": "content_block_delta", "delta": {}}]
    right = [*left[:1], {"type": "content_block_delta", "delta": {}, "index": 0}, {"type": "message_stop"}]
    assert changes_of(entry(asked(), events(*left, done=False)), entry(asked(), events(*right, done=False))) == [
        ("event", "content_block_delta", "index", "added"),
        ("event", "message_stop", "", "added"),
    ]


def test_pings_do_not_count():
    payloads = [{"type": "message_start", "message": {}}, {"type": "content_block_delta", "delta": {}}]
    left, right = events(*payloads, done=False), events({"type": "ping"}, *payloads, done=False)
    assert changes_of(entry(asked(), left), entry(asked(), right)) == []


def test_fields_that_a_model_named_do_not_count():
    def gemini(arguments):
        part = {"functionCall": {"name": "weather", "args": arguments}}
        return events({"candidates": [{"content": {"role": "model", "parts": [part]}}]}, done=False)

    url = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2:streamGenerateContent?alt=sse"
    left = entry({"contents": []}, gemini({"city": "Paris"}), url=url)
    right = entry({"contents": []}, gemini({"town": 5}), url=url)
    assert changes_of(left, right) == []


def test_an_empty_array_has_no_known_items():
    assert changes_of(entry(asked(tools=[]), chat("a")), entry(asked(), chat("a"))) == []


def test_requests_are_compared_only_if_both_are_json():
    assert changes_of(entry(asked(), chat("a")), entry(asked(seed=7), chat("a"))) == [("request", "", "seed", "added")]
    assert changes_of(entry("plain", chat("a")), entry(asked(seed=7), chat("a"))) == []


def test_a_body_that_is_not_streamed_is_compared():
    left, right = (
        entry(asked(), {"object": "list", "data": [{"id": "x", **more}]}, content_type="application/json")
        for more in ({}, {"owned_by": "me"})
    )
    assert changes_of(left, right) == [("response", "", "data[].owned_by", "added")]


def test_hostile_depth_and_breadth_are_bounded():
    deep = "data: " + '{"a":' * 900 + "1" + "}" * 900 + "\n\n"
    wide = "".join(f'data: {{"k{number}": {json.dumps([number])}}}\n\n' for number in range(30_000))
    found = drift(entry(asked(), chat("a") + deep), entry(asked(), chat("a") + wide))
    assert 9_000 < len(found) < 21_000


def test_a_removed_field_says_how_many_objects_could_have_it():
    left, right = entry(asked(), chat("a", "b", service_tier="x")), entry(asked(), chat("a", "b"))
    [found] = drift(left, right)
    assert (found.left, found.left_objects) == ({"string": 4}, 4)


def test_shapes_that_are_merged_count_what_both_counted():
    both = [event_shape(side(viewer.load(har(entry(asked(), chat("a", **fields)))), 0)) for fields in ({}, {"x": 1})]
    merged = Shape()
    for one in both:
        merged.merge(one)
    [found] = drift_between("event", merged, both[0])
    assert (found.path, found.what, found.left, found.left_objects) == ("x", "removed", {"number": 3}, 6)


def test_a_field_of_objects_of_another_type_says_so():
    left, right = (
        entry(asked(), events({"type": "start", "block": block}, done=False))
        for block in ({"type": "text", "text": ""}, {"type": "image", "url": ""})
    )
    assert [(one.path, one.what, one.is_of_other_objects) for one in drift(left, right)] == [
        ("block.text", "removed", True),
        ("block.url", "added", True),
    ]
