"""What the recorder writes, through the whole proxy and an upstream that is not there."""

import base64
import gzip
import itertools
import json
import resource

import httpx2
import pytest
import yaml
from starlette.testclient import TestClient

import viewer
from tests.support import planted
from tests.support.until import until
from viewer.recorder import exchange_file
from viewer.recorder.proxy import recorder_app
from viewer.redaction.verification import check_file
from viewer.types.problems import CassetteError

SECRET = planted.secrets_of("openai-key")[0]
PASSWORD = "plum-otter-91"  # noqa: S105 - made up
UPSTREAM = "https://api.example"


class Recorded:
    """One exchange through the recorder: what the client got, the file, and the lines of the log."""

    def __init__(self, folder, answer, method="POST", path="/v1/chat/completions", *, upstream=UPSTREAM, **sent):
        redact, clock = sent.pop("redact", True), sent.pop("clock", None)
        self.lines, self.seen = [], []

        def respond(request):
            self.seen.append(request)
            return answer

        options = {"clock": clock} if clock else {}
        transport = httpx2.MockTransport(respond)
        app = recorder_app(
            upstream, folder, redact=redact, log=self.lines.append, keep=False, transport=transport, **options
        )
        with TestClient(app) as client:
            self.answer = client.request(method, path, **sent)
        [self.file] = folder.iterdir()
        self.text = self.file.read_text(encoding="utf-8")
        self.cassette = viewer.load(self.file)
        [self.interaction] = self.cassette.interactions

    @property
    def left(self):
        """Everything that is left of the exchange."""
        return "\n".join([self.file.name, self.text, *self.lines])

    def holds(self, secret):
        """Whether any of it holds a secret, in any form."""
        return any(form in self.left for form in planted.forms(secret))


def chat(pieces):
    """The events of a stream with these pieces of content, one block of bytes each."""
    events = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    return [f"data: {json.dumps(event)}\n\n".encode() for event in events] + [b"data: [DONE]\n\n"]


def reply(*blocks, **headers):
    """A response whose body arrives in these blocks, as from a network."""

    async def body():
        for block in blocks:
            yield block

    return httpx2.Response(200, headers=headers, content=body())


def streamed(blocks, **headers):
    return reply(*blocks, **{"content-type": "text/event-stream", **headers})


def split(secret, size=5):
    return [secret[begin : begin + size] for begin in range(0, len(secret), size)]


def ticks():
    return itertools.count(0.0, 0.25).__next__


@pytest.mark.parametrize("kind", planted.KINDS)
def test_no_kind_of_secret_is_written_wherever_it_is(tmp_path, kind):
    secrets = planted.secrets_of(kind)
    one_line = [secret.replace("\n", "") for secret in secrets]
    sent = {
        "messages": [{"role": "user", "content": f"the key is {secrets[0]}"}],
        "tools": [{"arguments": json.dumps({"key": secrets[1]})}],
        "packed": planted.packed(secrets[2]),
    }
    blocks = chat(["so ", *split(secrets[3]), " it is"])
    recorded = Recorded(
        tmp_path,
        streamed(
            blocks, **{"x-plain": one_line[4], "location": f"https://a.example/b?c={planted.percent(secrets[5])}"}
        ),
        path=f"/v1/{planted.percent(one_line[7])}/chat?plain={planted.percent(secrets[6])}",
        headers={"x-custom": f"is {one_line[8]}", "x-other": json.dumps({"a": secrets[9]})},
        json=sent,
    )
    assert [number for number, secret in enumerate(secrets) if recorded.holds(secret)] == []
    assert "removed" in recorded.lines[0]
    # The client and the upstream have them all.
    assert recorded.answer.content == b"".join(blocks)
    assert json.loads(recorded.seen[0].content) == sent
    assert recorded.answer.headers["x-plain"] == one_line[4]


MULTIPART = f'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nkey {SECRET}\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("secret", "sent"),
    [
        (PASSWORD, {"params": {"password": PASSWORD}}),
        (PASSWORD, {"upstream": f"https://me:{PASSWORD}@api.example"}),
        (PASSWORD, {"headers": {"Authorization": f"Basic {base64.b64encode(PASSWORD.encode()).decode()}"}}),
        (PASSWORD, {"headers": {"X-Api-Key": PASSWORD}}),
        (PASSWORD, {"json": {"password": PASSWORD}}),
        (PASSWORD, {"json": {"messages": [{"arguments": json.dumps({"client_secret": PASSWORD})}]}}),
        (PASSWORD, {"data": {"grant": "x", "password": PASSWORD}}),
        (SECRET, {"content": MULTIPART.encode(), "headers": {"content-type": "multipart/form-data; boundary=b"}}),
        (SECRET, {"content": gzip.compress(SECRET.encode()), "headers": {"content-encoding": "gzip"}}),
    ],
    ids=["query", "user", "basic", "header", "json", "json in json", "form", "multipart", "compressed"],
)
def test_a_secret_of_a_request_is_not_written(tmp_path, secret, sent):
    recorded = Recorded(tmp_path, reply(b'{"ok":true}'), **sent)
    assert not recorded.holds(secret)
    assert recorded.interaction.response.body == b'{"ok":true}'


def test_a_secret_that_is_split_over_events_is_removed_and_every_time_stays(tmp_path):
    blocks = chat(["a ", *split(SECRET), " é b"])
    kept = Recorded(tmp_path / "kept", streamed(blocks), redact=False, clock=ticks())
    recorded = Recorded(tmp_path / "redacted", streamed(blocks), clock=ticks())
    assert SECRET in kept.cassette.streams[0].text()
    assert recorded.cassette.streams[0].text() == f"a {'•' * len(SECRET)} é b"
    assert recorded.lines == [f"{recorded.file.name}: 200, {len(b''.join(blocks)):,} bytes; 1 secret removed"]
    before, after = kept.interaction.times, recorded.interaction.times
    assert after.arrivals.s == before.arrivals.s == tuple(0.5 + 0.25 * number for number in range(len(blocks)))
    assert (after.headers_s, after.arrivals.since_request) == (before.headers_s, True)
    body = recorded.interaction.response.body
    assert [body[:end].count(b"data: ") for end in after.arrivals.ends] == list(range(1, len(blocks) + 1))
    assert all(body[end : end + 2] == b"\n\n" for end in after.arrivals.ends[:-1])
    assert recorded.cassette.chunks["t"].tolist() == kept.cassette.chunks["t"].tolist()
    assert recorded.cassette.streams[0].timing.grade == "measured"


def test_a_password_in_tool_arguments_that_are_split_over_events_is_removed(tmp_path):
    pieces = ["", *split(json.dumps({"password": PASSWORD, "user": "me"}), 3)]
    deltas = [{"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} for piece in pieces]
    events = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    blocks = [f"data: {json.dumps(event)}\n\n".encode() for event in events]
    recorded = Recorded(tmp_path, streamed(blocks))
    [call] = recorded.cassette.streams[0].tool_calls
    assert json.loads(call.arguments) == {"password": "•" * len(PASSWORD), "user": "me"}


def test_a_header_that_authenticates_is_left_out_and_not_counted(tmp_path):
    recorded = Recorded(tmp_path, reply(b"ok", **{"x-kept": "1"}), headers={"authorization": f"Bearer {SECRET}"})
    assert "authorization" not in recorded.interaction.request.headers
    assert recorded.interaction.response.headers["x-kept"] == "1"
    assert "removed" not in recorded.lines[0]


def test_an_exchange_without_secrets_is_written_as_it_came(tmp_path):
    body = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "a\u2028b\x00c"}]}
    recorded = Recorded(tmp_path, reply(b"\x00\xff", **{"x-a": "1"}), params={"a": "b"}, json=body)
    assert json.loads(recorded.interaction.request.body) == body
    assert recorded.interaction.request.url == f"{UPSTREAM}/v1/chat/completions?a=b"
    assert recorded.interaction.response.body == b"\x00\xff"
    assert recorded.lines == [f"{recorded.file.name}: 200, 2 bytes"]


def test_without_redaction_bodies_stay_and_what_authenticates_is_still_not_written(tmp_path):
    other = planted.secrets_of("openai-key")[1]
    recorded = Recorded(
        tmp_path,
        reply(f"the key is {SECRET}".encode()),
        redact=False,
        params={"key": other},
        headers={"Authorization": other, "X-Plain": other},
    )
    assert recorded.interaction.response.body == f"the key is {SECRET}".encode()
    assert not recorded.holds(other)


def test_a_compressed_response_is_decompressed_to_be_searched(tmp_path):
    body = b"".join(chat([f"it is {SECRET}"]))
    recorded = Recorded(tmp_path, streamed([gzip.compress(body)], **{"content-encoding": "gzip"}))
    assert not recorded.holds(SECRET)
    assert recorded.cassette.streams[0].text() == f"it is {'•' * len(SECRET)}"
    assert "content-encoding" not in recorded.interaction.response.headers


def test_a_redacted_body_without_events_has_the_time_of_its_end(tmp_path):
    recorded = Recorded(tmp_path, reply(b"so: ", SECRET.encode()), clock=ticks())
    arrivals = recorded.interaction.times.arrivals
    assert (arrivals.s, arrivals.ends) == ((0.75,), (len(recorded.interaction.response.body),))


def test_a_body_that_cannot_be_decompressed_is_not_written(tmp_path):
    hidden = bytes(byte ^ 0x80 for byte in SECRET.encode())
    recorded = Recorded(tmp_path, reply(hidden, **{"content-encoding": "compress"}))
    assert recorded.interaction.response.body == b""
    assert recorded.lines[0].endswith("only its times were written (ValueError)")


def broken(*_, **__):
    raise ZeroDivisionError(SECRET)


@pytest.mark.parametrize("step", ["redact_to_share", "check_file", "read_stream", "interactions_text"])
def test_if_redaction_fails_only_the_times_are_written(tmp_path, monkeypatch, step):
    real, calls = getattr(exchange_file, step), []

    def fails(*arguments):
        calls.append(step)
        return real(*arguments) if len(calls) > 2 else broken()

    monkeypatch.setattr(exchange_file, step, fails)
    recorded = Recorded(
        tmp_path,
        streamed(chat([SECRET]), **{"x-a": SECRET}),
        path=f"/v1/{SECRET}",
        params={"a": SECRET},
        content=SECRET,
    )
    assert not recorded.holds(SECRET)
    assert recorded.lines[0].endswith("only its times were written (ZeroDivisionError)")
    assert recorded.interaction.request.url == UPSTREAM
    assert recorded.interaction.response.status == 200
    assert recorded.interaction.times.started is not None


def test_if_a_secret_cannot_be_removed_the_figures_are_written_without_any_text(tmp_path, monkeypatch):
    def refuse(written, name, redacted):
        if not redacted.rules.everything:
            raise CassetteError(name, SECRET)
        check_file(written, name, redacted)

    monkeypatch.setattr(exchange_file, "check_file", refuse)
    recorded = Recorded(tmp_path, streamed(chat(["hi ", *split(SECRET), " there"])), json={"a": "words"})
    assert "all text was left out (CassetteError)" in recorded.lines[0]
    assert not recorded.holds(SECRET)
    assert "there" not in recorded.text
    assert "words" not in recorded.text
    [stream] = recorded.cassette.streams
    assert (len(stream.text()), stream.timing.grade) == (len(f"hi {SECRET} there"), "measured")


def test_the_file_name_and_the_log_show_no_secret_of_the_path(tmp_path):
    recorded = Recorded(tmp_path, reply(b"ok"), path=f"/v1/files/{SECRET}/content")
    assert "_POST_v1-files-" in recorded.file.name
    assert planted.core(SECRET) not in recorded.left


@pytest.mark.parametrize(
    "error", [httpx2.LocalProtocolError(f"Illegal header value {PASSWORD}"), httpx2.ConnectError("refused")]
)
def test_the_log_of_an_unreachable_upstream_quotes_no_request(tmp_path, error):
    def fail(_):
        raise error

    lines = []
    app = recorder_app(UPSTREAM, tmp_path, log=lines.append, keep=False, transport=httpx2.MockTransport(fail))
    with TestClient(app) as client:
        answer = client.get(f"/v1/{SECRET}", params={"key": PASSWORD}, headers={"X-Api-Key": PASSWORD})
    assert answer.status_code == 502
    assert planted.core(SECRET) not in lines[0]
    assert PASSWORD not in lines[0]
    assert ("refused" in lines[0]) == isinstance(error, httpx2.ConnectError)


def test_the_written_file_is_a_go_vcr_cassette(tmp_path):
    """https://github.com/dnaeon/go-vcr/blob/v4/pkg/cassette/cassette.go: Interaction, Request, Response."""
    recorded = Recorded(tmp_path, streamed(chat(split(SECRET))), json={"password": PASSWORD})
    tree = yaml.safe_load(recorded.text)
    [interaction] = tree["interactions"]
    for part in ("request", "response"):
        assert interaction[part]["content_length"] == len(interaction[part]["body"].encode())
        assert all(isinstance(values, list) for values in interaction[part]["headers"].values())
    assert (tree["version"], interaction["id"], interaction["response"]["code"]) == (2, 0, 200)


def test_a_key_without_a_form_that_a_header_carries_is_removed_wherever_it_is_repeated(tmp_path):
    key = "9f3a61c07d5e4b28a1d04c6be87f1523"
    recorded = Recorded(
        tmp_path,
        streamed(chat(["no such key: ", *split(key)]), **{"x-key-used": "1"}),
        path=f"/v1/{key}/models",
        headers={"api-key": key},
        json={"messages": [{"content": f"use {key}"}]},
    )
    assert not recorded.holds(key)
    assert recorded.cassette.streams[0].text() == f"no such key: {'•' * len(key)}"


def test_what_a_full_disk_has_no_room_for_is_told_and_leaves_no_half_file(tmp_path):
    """A limit on the size of files fails in the middle of one, as a full disk does."""
    large, lines = b"x" * 50_000, []
    transport = httpx2.MockTransport(lambda request: streamed([large] if request.url.path == "/large" else [b"small"]))
    app = recorder_app(UPSTREAM, tmp_path, log=lines.append, keep=False, transport=transport)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with TestClient(app) as client:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
        try:
            assert client.get("/large").content == large
            until(lambda: len(lines) == 1)
            assert list(tmp_path.iterdir()) == []
            client.get("/small")
            until(lambda: len(lines) == 2)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        client.get("/large")
    assert lines[0] == (
        "GET /large: 200, 50,000 bytes; not recorded, and lost: File too large."
        f" Make room in {tmp_path}: later exchanges are recorded again"
    )
    assert [viewer.load(file).interactions[0].response.body for file in sorted(tmp_path.iterdir())] == [b"small", large]
