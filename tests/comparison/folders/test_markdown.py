import re

from tests.support.har_files import asked, chat, entry, tool_call
from tests.support.markdown import outside_of_code
from viewer.comparison.folders.markdown import MAX_CHARACTERS, as_markdown
from viewer.comparison.folders.text import as_text
from viewer.comparison.markdown import comment_length

HOSTILE = "@everyone #1 MARKER <img src=x> [MARKER](http://evil.example) | MARKER | `MARKER` ``` </details> **MARKER**"
OWN_HTML = re.compile(r"(<details><summary>What differs</summary>|</details>)\n?")


def call(*deltas, request=None, **changes):
    return [entry(request or asked(), chat(*deltas, **changes))]


def test_hostile_text_and_names_appear_only_in_code(compare):
    fields = {"messages": [{"role": HOSTILE, "content": HOSTILE}], HOSTILE: HOSTILE}
    wild = call(
        HOSTILE,
        {"reasoning_content": HOSTILE},
        tool_call(HOSTILE, HOSTILE),
        request=asked(**fields),
        finish=HOSTILE,
        **{HOSTILE: 1},
    )
    name = "@everyone `MARKER` <b> | x.har"
    left = {name: call("a"), f"gone {name}": call("b", request=asked(n=2)), f"broken {name}": call("c")}
    result = compare(left, {name: wild, f"new {name}": call("d", request=asked(n=3)), f"broken {name}": b"{"})
    for one in (result, compare({name: wild}, {name: call("a")})):
        text = as_markdown(one)
        shown, html = outside_of_code(text)
        for sign in ("MARKER", "@", "evil", "<", "everyone"):
            assert sign not in shown
        assert html
        assert all(OWN_HTML.fullmatch(piece) for piece in html)


def test_a_comment_has_the_form_that_a_reader_scans(compare):
    left = {f"{n}.har": call("one") for n in range(5)}
    right = {f"{n}.har": call("two", request=asked(temperature=1), service_tier="default") for n in range(5)}
    text = as_markdown(compare(left, right))
    assert text.startswith("**5 of 5 recordings differ in request, text and schema.** A: `a`, B: `b`\n")
    assert "Answers that changed: 5 with their request, 0 although their request is the same." in text
    assert "| added | `service_tier` | — | `string` | 5: `0.har`, `1.har` … |" in text
    assert "| parameter `temperature` changed | `0.5` | `1` | 5: `0.har`, `1.har` … | 5 of 5 changed: text 5 |" in text
    assert "- answer, after its request changed: content changed\n\n```diff\n- one\n+ two\n```" in text


def test_a_long_comparison_is_cut_at_whole_items_and_says_what_is_left_out(compare):
    left = {f"{n:03}.har": call("😀" * 400) for n in range(100)}
    right = {f"{n:03}.har": call("😎" * 400 + str(n), request=asked(**{f"p{n}": n})) for n in range(100)}
    text = as_markdown(compare(left, right))
    assert comment_length(text) <= MAX_CHARACTERS
    assert comment_length(text) > MAX_CHARACTERS * 0.9
    shown = text.count("<details>")
    assert shown == text.count("</details>")
    assert f"{100 - shown} more files with differences left out" in text
    assert "60 more changes left out." in text
    assert text.count("```diff") * 2 == text.count("```")


def test_what_is_cut_is_the_least_telling(compare):
    left = {f"{n:03}.har": call("a" * 900) for n in range(60)}
    right = {f"{n:03}.har": call("b" * 900) for n in range(59)} | {"059.har": call("b" * 900, finish="length")}
    text = as_markdown(compare(left, right), 20_000)
    assert text.index("**`059.har`") < text.index("**`000.har`")
    assert comment_length(text) <= 20_000


def test_the_text_for_a_terminal_holds_every_file_and_no_escape_sequence(compare):
    left = {f"{n:03}.har": call("one") for n in range(50)}
    right = {f"{n:03}.har": call(f"two \x1b[31m {n}") for n in range(50)}
    written = as_text(compare(left, right))
    assert "\x1b" not in written
    assert all(f"{n:03}.har: text" in written for n in range(50))
    assert "\x1b[1m50 of 50 recordings differ in text.\x1b[0m" in as_text(compare(left, right), colour=True)


def test_the_same_change_in_several_interactions_of_a_file_is_told_once(compare):
    before, after = call("a") * 3, call("a", service_tier="default") * 3
    written = as_text(compare({"a.har": before}, {"a.har": after}))
    assert written.count("answer: field service_tier added: — → string (in 3 interactions)") == 1
    assert "Interaction 1" not in written
