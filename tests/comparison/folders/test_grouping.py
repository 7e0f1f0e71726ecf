from tests.support.har_files import asked, chat, entry, tool_call
from viewer.comparison.folders.grouping import group, most_telling_first


def call(*deltas, request=None, **changes):
    return [entry(request or asked(), chat(*(deltas or ["Hello."]), **changes))]


def sides(count, before, after):
    return {f"{n}.har": before(n) for n in range(count)}, {f"{n}.har": after(n) for n in range(count)}


def described(groups):
    return [(each.alike.what, each.alike.name, each.alike.left, each.alike.right, len(each.files)) for each in groups]


def test_a_field_that_came_in_many_files_is_one_group_whatever_its_number_of_events(compare):
    left, right = sides(
        5,
        lambda _: call("a"),
        lambda n: call(
            *["a"] * 1,
            service_tier="default",
            usage=None if n > 9 else {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13},
        ),
    )
    right["4.har"] = call("a", "", service_tier="default")
    groups = group(compare(left, right).changed)
    assert described(groups.schema) == [("added", "service_tier", "", "string", 5)]


def test_fields_stand_in_three_tiers_what_breaks_clients_first(compare):
    before = call("a", gone=1, mixed=1)
    after = call("a", mixed="1", came=True)
    groups = group(compare({"a.har": before}, {"a.har": after}).changed)
    assert described(groups.schema) == [
        ("removed", "gone", "number", "", 1),
        ("changed type", "mixed", "number", "string", 1),
        ("added", "came", "", "boolean", 1),
    ]


def test_a_change_of_requests_counts_the_answers_that_changed_with_it(compare):
    left, right = sides(
        4, lambda _: call("same"), lambda n: call("other" if n < 3 else "same", request=asked(temperature=1))
    )
    groups = group(compare(left, right).changed)
    [one] = groups.requests
    assert (one.alike.name, one.alike.left, one.alike.right) == ("temperature", "0.5", "1")
    assert (len(one.files), one.interactions, one.answers, one.unanswered) == (4, 4, {"text": 3}, 1)
    assert (groups.prompted, groups.unprompted) == (3, 0)


def test_an_answer_that_changed_with_the_same_request_is_counted_apart(compare):
    groups = group(compare({"a.har": call("1")}, {"a.har": call("2")}).changed)
    assert (groups.prompted, groups.unprompted) == (0, 1)


def test_the_same_change_of_a_prompt_is_one_group_and_another_is_not(compare):
    def prompted(text):
        return call(request=asked(messages=[{"role": "system", "content": text}]))

    left, right = sides(3, lambda _: prompted("Be brief."), lambda n: prompted("Be kind." if n else "Be loud."))
    assert described(group(compare(left, right).changed).requests) == [
        ("changed", "system", "brief", "kind", 2),
        ("changed", "system", "brief", "loud", 1),
    ]


def test_files_are_sorted_by_what_changed_in_them_then_by_how_rare_it_is(compare):
    left = {f"{name}.har": call("a") for name in ("usage", "text", "tool", "finish", "rare")}
    right = {
        "usage.har": call("a", usage={"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}),
        "text.har": call("b"),
        "rare.har": call({"reasoning_content": "hm"}, "b"),
        "tool.har": call("a", tool_call("weather", "{}")),
        "finish.har": call("a", finish="length"),
    }
    result = compare(left, right, chosen=["usage", "text", "tool-calls", "finish-reason"])
    ordered = most_telling_first(result.changed, group(result.changed))
    assert [file.right for file in ordered] == ["finish.har", "tool.har", "rare.har", "text.har", "usage.har"]
