import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import viewer
from tests.support.har_files import asked, chat, entry, har, tool_call
from tests.support.markdown import READER, outside_of_code
from viewer.comparison.comparison import ASPECTS, compare
from viewer.comparison.markdown import MAX_CHARACTERS, as_markdown, code, fenced

ALL = frozenset(ASPECTS)

HOSTILE = (
    "@everyone #1 MARKER <img src=x onerror=alert(1)> [MARKER](http://evil.example) ![MARKER](http://evil.example/x)"
    " | MARKER | `MARKER` ``` MARKER </details> **MARKER** <!-- MARKER"
)
HOSTILE_LINES = (
    f"{HOSTILE}\n```\n# MARKER\n@everyone\n~~~\n````\n</details>\n\n<script>MARKER</script>\n    MARKER\n{HOSTILE}"
)

OWN_HTML = re.compile(r"(<details><summary>[A-Za-z ,0-9]+</summary>|</details>)\n?")


def markdown(left, right, names=("left.har", "right.har"), chosen=ALL):
    opened = (viewer.load(har(*entries), name) for entries, name in zip((left, right), names, strict=True))
    return as_markdown(compare(*opened), chosen)


def inside_of_code(text):
    tokens = READER.parse(text)
    children = (child for token in tokens for child in token.children or ())
    return "".join(token.content for token in (*tokens, *children) if token.type in ("fence", "code_inline"))


def test_hostile_text_appears_only_in_code():
    calm = [entry(asked(), chat("a"))]
    tool = {"type": "function", "function": {"name": HOSTILE, "description": HOSTILE_LINES}}
    fields = {
        "tools": [tool],
        HOSTILE: HOSTILE_LINES,
        "messages": [{"role": HOSTILE, "content": HOSTILE_LINES}],
    }
    stream = chat(
        {"reasoning_content": HOSTILE_LINES},
        HOSTILE_LINES,
        tool_call(HOSTILE, HOSTILE_LINES),
        model=HOSTILE,
        finish=HOSTILE,
        **{HOSTILE: 1},
    )
    request = asked(**fields)
    wild = entry(request, stream, url=f"https://example.com/{HOSTILE}", method=HOSTILE, headers={"X-Wild": HOSTILE})
    lone = entry(None, "", url=f"https://example.com/lone/{HOSTILE}", method="GET")
    for left, right in ((calm, [wild, lone]), ([wild, lone], calm)):
        text = markdown(left, right, names=(HOSTILE, "right.har"))
        shown, html = outside_of_code(text)
        for sign in ("MARKER", "@", "#", "evil", "<", "everyone"):
            assert sign not in shown
        assert html
        assert all(OWN_HTML.fullmatch(piece) for piece in html)
        assert inside_of_code(text).count("MARKER") > 30
        assert text.count("<details>") == text.count("</details>") - inside_of_code(text).count("</details>")


def test_a_table_row_stays_one_row():
    text = markdown([entry(asked(stop="a|b\nc`|`"), chat("a"))], [entry(asked(stop="|" * 9), chat("a"))])
    tokens = READER.parse(text)
    rows = [place for place, token in enumerate(tokens) if token.type == "tr_open"]
    for place in rows:
        cells = [token for token in tokens[place : place + 14] if token.type in ("td_open", "th_open")]
        assert len(cells) >= 3
    assert "a|b\\nc`|`" in inside_of_code(text)


TEXTS = st.text(st.sampled_from("`|@#<>\\ \n\r\tab~"), max_size=40)


@given(TEXTS)
def test_a_code_span_holds_all_of_its_text(text):
    span = code(text)
    if not text.strip():
        return
    (token,) = [token for token in READER.parse(f"x {span} y") if token.type == "inline"]
    assert [child.type for child in token.children] == ["text", "code_inline", "text"]


@given(st.lists(TEXTS.map(lambda text: text.replace("\n", "").replace("\r", "")), min_size=1, max_size=6))
def test_a_code_block_holds_all_of_its_lines(lines):
    tokens = READER.parse(f"x\n\n{fenced(lines)}\n\ny")
    assert [token.type for token in tokens if token.type in ("fence", "inline")] == ["inline", "fence", "inline"]
    assert [token.content for token in tokens if token.type == "fence"] == ["\n".join(lines) + "\n"]


def test_figures_are_tables_and_texts_are_folded_blocks():
    usage = {"prompt_tokens": 9, "completion_tokens": 6, "total_tokens": 15}
    text = markdown([entry(asked(), chat("Hello there."))], [entry(asked(), chat("Hello you.", usage=usage))])
    assert text.startswith(
        "**The recordings differ in text and usage. 1 pair of interactions compared.** A: `left.har`"
    )
    assert "| output, including reasoning | 4 | 6 | +2 |" in text
    assert "<details><summary>Content</summary>\n\n```diff\n- Hello there.\n+ Hello you.\n```\n\n</details>" in text


def test_equal_recordings_take_one_line():
    call = entry(asked(), chat("a"))
    assert markdown([call], [call]) == (
        "**No differences. 1 pair of interactions compared.** A: `left.har`, B: `right.har`\n"
    )


@pytest.mark.parametrize("sign", ["x", "日", "👩", "|", "`"])
def test_a_comment_fits_on_github_and_says_what_was_left_out(sign):
    def calls(name):
        lines = [f"{sign * 40} {name} {number}\n" for number in range(300)]
        return [
            entry(asked(user=f"{name}{number}"), chat(*lines), url=f"https://a.example/{number}") for number in range(9)
        ]

    text = markdown(calls("one"), calls("two"))
    assert len(text.encode("utf-16-le")) // 2 <= MAX_CHARACTERS
    assert len(text) > 20_000
    assert "Left out because a comment has no room for them: " in text
    assert "more lines differ and were left out" in text
    assert READER.parse(text)[-1].type != "fence"


def test_thousands_of_new_calls_are_counted():
    many = [entry(asked(), "", url=f"https://example.com/{number}", method="GET") for number in range(2_000)]
    text = markdown([entry(asked(), chat("a"))], [entry(asked(), chat("a")), *many])
    assert len(text) < MAX_CHARACTERS
    assert "1,940 more interactions are only in one of the two." in text
