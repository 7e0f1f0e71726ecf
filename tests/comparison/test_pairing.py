import random
import time

import pytest

import viewer
from tests.support.har_files import asked, chat, entry, har
from viewer.comparison.pairing import pair


def call(question, **how):
    return entry(asked(messages=[{"role": "user", "content": question}]), chat("ok"), **how)


def cassette(*entries):
    return viewer.load(har(*entries), "a.har")


PARIS, ROME, POEM = (
    call("What is the weather in Paris today?"),
    call("What is the weather in Rome today?"),
    call("Write me a poem about the sea, in four lines, with no rhyme."),
)
MODELS = entry(
    None, {"data": []}, url="https://api.openai.com/v1/models", method="GET", content_type="application/json"
)


@pytest.mark.parametrize(
    ("left", "right", "pairs", "removed", "added"),
    [
        ([PARIS, POEM], [PARIS, POEM], ((0, 0), (1, 1)), (), ()),
        ([PARIS, POEM], [PARIS, ROME, POEM], ((0, 0), (1, 2)), (), (1,)),
        ([PARIS, ROME, POEM], [POEM], ((2, 0),), (0, 1), ()),
        ([PARIS, POEM], [POEM, PARIS], ((0, 1), (1, 0)), (), ()),
        ([PARIS, PARIS], [PARIS, PARIS, PARIS], ((0, 0), (1, 1)), (), (2,)),
        ([POEM, PARIS], [ROME, POEM], ((0, 1), (1, 0)), (), ()),
        ([MODELS, PARIS], [PARIS], ((1, 0),), (0,), ()),
        ([MODELS], [PARIS], (), (0,), (0,)),
    ],
)
def test_interactions_are_paired_by_their_requests(left, right, pairs, removed, added):
    found = pair(cassette(*left), cassette(*right))
    assert (found.pairs, found.removed, found.added) == (pairs, removed, added)


def test_answers_of_two_providers_are_paired_if_nothing_else_is():
    claude = call("What is the weather?", url="https://api.anthropic.com/v1/messages")
    assert pair(cassette(MODELS, PARIS), cassette(claude, MODELS)).pairs == ((0, 1), (1, 0))


def test_a_body_without_a_request_is_paired_with_the_only_answer():
    alone = viewer.load(chat("ok").encode(), "a.sse")
    assert pair(alone, cassette(PARIS)).pairs == ((0, 0),)


def test_ids_in_paths_and_queries_do_not_matter():
    left, right = (
        call("go on", url=f"https://api.openai.com/v1/threads/thread_{name}/runs?key={name}")
        for name in ("abc123XYZ", "def456UVW")
    )
    assert pair(cassette(left), cassette(right)).pairs == ((0, 0),)


def test_swapping_mirrors_the_pairs():
    chooser = random.Random(3)  # noqa: S311 - no secret
    for _ in range(30):
        questions = [" ".join(chooser.choices(["a", "b", "c", "d"], k=3)) for _ in range(8)]
        left = cassette(*(call(question) for question in chooser.choices(questions, k=chooser.randint(1, 6))))
        right = cassette(*(call(question) for question in chooser.choices(questions, k=chooser.randint(1, 6))))
        there, back = pair(left, right), pair(right, left)
        assert set(there.pairs) == {(one, other) for other, one in back.pairs}
        assert (there.removed, there.added) == (back.added, back.removed)


def test_tools_that_all_calls_share_do_not_hide_the_question():
    tool = {"type": "function", "function": {"name": "f", "description": " ".join(f"word{n}" for n in range(5_000))}}

    def ask(question):
        return entry(asked(tools=[tool], messages=[{"role": "user", "content": question}]), chat("ok"))

    left = cassette(ask("weather in Paris today"), ask("a poem about the sea"))
    right = cassette(ask("a joke about cats"), ask("a poem about the deep sea"), ask("weather in Paris tomorrow"))
    assert pair(left, right).pairs == ((0, 2), (1, 1))


@pytest.mark.process
def test_many_long_calls_that_differ_pair_in_time():
    def ask(number):
        words = " ".join(f"word{number * place % 9973}" for place in range(3_000))
        return entry(asked(messages=[{"role": "user", "content": words}]), chat("ok"))

    left, right = cassette(*map(ask, range(1, 150))), cassette(*map(ask, range(151, 300)))
    begin = time.process_time()
    assert len(pair(left, right).pairs) == 149
    assert time.process_time() - begin < 5


def test_many_calls_pair_in_time():
    left = cassette(*(call(f"question {number} of many") for number in range(600)))
    right = cassette(*(call(f"question {number} of more") for number in range(601)))
    assert len(pair(left, right).pairs) == 600
