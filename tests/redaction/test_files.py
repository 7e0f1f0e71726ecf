"""Redacted files open as before, also in the recorder's own library, and hold no secret in any encoding."""

import base64
import gzip
import json
import re
from pathlib import Path

import pytest
import yaml

import viewer
from tests.redaction.test_cassette import (
    STREAMS,
    anthropic,
    chat,
    everything_in,
    go_vcr,
    is_absent,
    ollama,
    split_everywhere,
)
from tests.support import planted
from viewer.redaction import Redaction, SecretPattern, redact, redact_bytes, redact_file

SECRET = planted.secrets_of("openai-key")[0]


def message(secrets):
    """Return a request body that holds secrets, each written in four ways."""
    messages = [
        {
            "role": "user",
            "content": f"{secret} {planted.unicode_escaped(secret)} {planted.percent(secret)} {planted.packed(secret)}",
        }
        for secret in secrets
    ]
    return json.dumps({"messages": messages, "api_key": "named only", "max_tokens": 7})


def headers(secrets):
    return {"Authorization": f"Bearer {secrets[0]}", "X-Note": f"it is {planted.percent(secrets[1])}", "Accept": "*/*"}


def address(secrets):
    return f"https://me:{planted.percent(secrets[2])}@a.example/v1/chat/completions?key={planted.percent(secrets[3])}&n={planted.all_percent(secrets[4])}"


def answer(secrets):
    return chat(
        [
            {"content": text}
            for secret in secrets
            for text in (f"so {secret[:9]}", f"{secret[9:20]}", f"{secret[20:]} is")
        ]
    )


def as_go_vcr(secrets):
    recorded = {name: [value] for name, value in headers(secrets).items()}
    return go_vcr(
        body=message(secrets).encode(),
        url=address(secrets),
        headers=recorded,
        response=answer(secrets),
        response_headers={"Set-Cookie": [secrets[5]]},
    )


def as_go_vcr_blocks(secrets):
    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_representer(
        str,
        lambda dumper, text: dumper.represent_scalar(
            "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
        ),
    )
    return yaml.dump(yaml.safe_load(as_go_vcr(secrets)), Dumper=Dumper, sort_keys=False, width=1 << 20).encode()


def vcr_tree(secrets, body):
    return {
        "version": 1,
        "interactions": [
            {
                "request": {
                    "method": "POST",
                    "uri": address(secrets),
                    "body": message(secrets),
                    "headers": {name: [value] for name, value in headers(secrets).items()},
                },
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": {"content-type": ["text/event-stream"], "set-cookie": [secrets[5]]},
                    "body": {"string": body},
                },
            }
        ],
    }


def as_vcr_py(secrets):
    return yaml.dump(vcr_tree(secrets, answer(secrets).decode()), Dumper=yaml.CSafeDumper).encode()


def as_vcr_py_binary(secrets):
    return yaml.dump(vcr_tree(secrets, answer(secrets) + b": \xff\n\n"), Dumper=yaml.CSafeDumper).encode()


def as_vcr_py_compressed(secrets):
    return yaml.dump(vcr_tree(secrets, gzip.compress(answer(secrets))), Dumper=yaml.CSafeDumper).encode()


def as_vcr_py_json(secrets):
    return json.dumps(vcr_tree(secrets, answer(secrets).decode()), indent=4).encode()


def as_vcr_py_gz(secrets):
    return gzip.compress(as_vcr_py(secrets))


def as_har(secrets, **content):
    listed = [{"name": name, "value": value} for name, value in headers(secrets).items()]
    entry = {
        "startedDateTime": "2025-01-01T00:00:00.000Z",
        "time": 1500,
        "timings": {"send": 1, "wait": 400, "receive": 1099},
        "request": {
            "method": "POST",
            "url": address(secrets),
            "headers": listed,
            "queryString": [{"name": "key", "value": secrets[3]}],
            "cookies": [{"name": "id", "value": "named only"}],
            "postData": {"mimeType": "application/json", "text": message(secrets)},
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "headers": listed,
            "content": {"mimeType": "text/event-stream", **(content or {"text": answer(secrets).decode()})},
        },
    }
    return json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "entries": [entry]}}, indent=2
    ).encode()


def as_har_base64(secrets):
    return as_har(secrets, text=base64.b64encode(answer(secrets)).decode(), encoding="base64")


def as_ruby_vcr(secrets):
    tree = {
        "http_interactions": [
            {
                "request": {
                    "method": "post",
                    "uri": address(secrets),
                    "body": {"encoding": "UTF-8", "string": message(secrets)},
                    "headers": {name: [value] for name, value in headers(secrets).items()},
                },
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": {"Content-Type": ["text/event-stream"]},
                    "body": {"encoding": "UTF-8", "string": answer(secrets).decode()},
                },
                "recorded_at": "Wed, 01 Jan 2025 00:00:00 GMT",
            }
        ],
        "recorded_with": "VCR 6.2.0",
    }
    return yaml.safe_dump(tree, sort_keys=False).encode()


FILES = {
    "go-vcr": as_go_vcr,
    "go-vcr in blocks": as_go_vcr_blocks,
    "VCR.py": as_vcr_py,
    "VCR.py, binary": as_vcr_py_binary,
    "VCR.py, compressed bodies": as_vcr_py_compressed,
    "VCR.py in JSON": as_vcr_py_json,
    "VCR.py, gzipped": as_vcr_py_gz,
    "HTTP archive": as_har,
    "HTTP archive, base64": as_har_base64,
    "VCR of Ruby": as_ruby_vcr,
    "event stream": answer,
    "lines": lambda secrets: ollama([text for secret in secrets for text in (f"a {secret[:9]}", secret[9:], " b")]),
}


def opened_text(data):
    return (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("utf-8", "replace")


def unpacked(data):
    """Return the text of a file and of all base64 in it, decompressed."""
    text = opened_text(data)
    parts = [text]
    for run in re.findall(r"[A-Za-z0-9+/\s]{24,}={0,2}", text):
        packed = "".join(run.split())
        try:
            inner = base64.b64decode(packed[: len(packed) // 4 * 4])
        except ValueError:
            continue
        parts.append(
            opened_text(inner)
            if not inner.startswith(b"\x1f\x8b")
            else gzip.decompress(inner).decode("utf-8", "replace")
        )
    return "\n".join(parts)


@pytest.mark.planted
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("number", range(10))
def test_none_of_two_hundred_secrets_is_left_in_the_file_or_the_cassette(file, number):
    secrets = [planted.secrets_of(kind)[number] for kind in planted.KINDS]
    recorded = FILES[file](secrets)
    before = viewer.load(recorded, "a")
    written = redact_bytes(recorded, "a")
    after = viewer.load(written, "a")
    text = unpacked(written) + everything_in(after)
    for secret in secrets:
        assert is_absent(secret, text)
    assert "named only" not in text
    assert (after.format, len(after.interactions)) == (before.format, len(before.interactions))
    kept = ["event", "kind", "choice", "t", "tokens"]
    assert after.chunks[kept].equals(before.chunks[kept])
    assert after.chunks["text"].str.len().tolist() == before.chunks["text"].str.len().tolist()


@pytest.mark.parametrize("file", FILES)
def test_the_file_opens_as_the_redacted_cassette(file):
    secrets = [planted.secrets_of(kind)[0] for kind in planted.KINDS]
    recorded = FILES[file](secrets)
    redacted, found = redact(viewer.load(recorded, "a"))
    written, findings = redact_file(recorded, "a")
    after = viewer.load(written, "a")
    # An HTTP archive stores parameters and cookies a second time.
    assert findings[: len(found)] == found
    assert len(findings) == len(found) or "archive" in file
    assert after.chunks["text"].tolist() == redacted.chunks["text"].tolist()
    for one, other in zip(after.interactions, redacted.interactions, strict=True):
        assert one.response.body == other.response.body
        assert one.request.body == other.request.body
        assert one.request.url == other.request.url
    assert redact(after)[1] == []


@pytest.mark.parametrize("kind", planted.KINDS)
def test_a_secret_split_at_any_position_is_removed_from_a_file(kind):
    secret = planted.secrets_of(kind)[7]
    for body in (
        anthropic(split_everywhere(secret)),
        chat([{"reasoning_content": text} for text in split_everywhere(secret)]),
    ):
        written = redact_bytes(go_vcr(response=body), "a.yaml")
        assert is_absent(secret, unpacked(written) + everything_in(viewer.load(written, "a.yaml")))


@pytest.mark.parametrize("file", [name for name in FILES if name.startswith("VCR.py")])
def test_vcr_py_loads_its_redacted_cassettes(file, tmp_path):
    from vcr.persisters.filesystem import FilesystemPersister
    from vcr.serializers import jsonserializer, yamlserializer

    secrets = [planted.secrets_of(kind)[1] for kind in planted.KINDS]
    written = redact_bytes(FILES[file](secrets), "a")
    path = tmp_path / "a"
    path.write_bytes(gzip.decompress(written) if file.endswith("gzipped") else written)
    [request], [response] = FilesystemPersister.load_cassette(
        path, jsonserializer if "JSON" in file else yamlserializer
    )
    assert request.uri == "https://•••@a.example/v1/chat/completions?key=•••&n=" + "•" * len(
        planted.all_percent(secrets[4])
    )
    assert request.headers["Authorization"] in (["•••"], "•••", ["•" * (7 + len(secrets[0]))])
    body = response["body"]["string"]
    assert b"so \xe2\x80\xa2" in (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body)


def test_keys_and_types_of_go_vcr_stay():
    """https://github.com/dnaeon/go-vcr/blob/v4/pkg/cassette/cassette.go: Interaction, Request, Response."""
    secrets = [planted.secrets_of(kind)[1] for kind in planted.KINDS]
    before, after = (yaml.safe_load(data) for data in (as_go_vcr(secrets), redact_bytes(as_go_vcr(secrets), "a")))

    def shape(value):
        if isinstance(value, dict):
            return {key: shape(one) for key, one in value.items()}
        return [shape(one) for one in value] if isinstance(value, list) else type(value).__name__

    assert shape(after) == shape(before)
    assert after["interactions"][0]["response"]["code"] == 200


def test_everything_without_a_secret_stays_byte_for_byte(seed_bytes):
    text = seed_bytes.decode()
    planted_in = text.replace('"content":"', f'"content":"{SECRET} ', 1)
    before, after = planted_in.splitlines(), redact_bytes(planted_in.encode(), "a.yaml").decode().splitlines()
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert any("•" * len(SECRET) in other for _, other in changed)
    assert len(changed) <= 6


def test_arrivals_of_our_own_recorder_stay():
    body = chat([{"content": "a "}, {"content": SECRET[:30]}, {"content": SECRET[30:]}, {"content": " b"}])
    tree = yaml.safe_load(go_vcr(response=body))
    ends = [match.end() for match in re.finditer(rb"\}\n", body)]
    ends = [end - 1 for end in ends]
    tree["interactions"][0]["cassette_viewer"] = {
        "started_epoch_s": 1.5,
        "arrivals": {"s": [0.25 * number for number in range(len(ends))], "ends": ends},
    }
    recorded = yaml.dump(
        tree, Dumper=yaml.CSafeDumper, default_flow_style=None, sort_keys=False, width=1 << 20
    ).encode()
    before, after = viewer.load(recorded, "a.yaml"), viewer.load(redact_bytes(recorded, "a.yaml"), "a.yaml")
    assert before.streams[0].timing.grade == after.streams[0].timing.grade == "measured"
    assert after.chunks["t"].tolist() == before.chunks["t"].tolist()
    converted = viewer.load(redact_file(recorded, "a.yaml", as_go_vcr=True)[0], "a.yaml")
    assert converted.chunks["t"].tolist() == before.chunks["t"].tolist()


def test_recorded_sizes_match_the_redacted_bodies():
    body = json.dumps({"choices": [{"message": {"content": SECRET}}]}).encode()
    tree = yaml.safe_load(go_vcr(response=body, response_headers={"Content-Length": [str(len(body))]}))
    tree["interactions"][0]["response"]["content_length"] = len(body)
    response = yaml.safe_load(redact_bytes(yaml.safe_dump(tree).encode(), "a.yaml"))["interactions"][0]["response"]
    size = len(response["body"].encode())
    assert size > len(body)
    assert (response["content_length"], response["headers"]["Content-Length"]) == (size, [str(size)])


def test_a_finding_to_keep_stays_in_the_file():
    recorded = as_go_vcr([planted.secrets_of(kind)[2] for kind in planted.KINDS])
    groq = planted.secrets_of("groq-key")[2]
    [identity] = {one.id for one in redact_file(recorded, "a")[1] if one.rule == "groq-key"}
    written = redact_bytes(recorded, "a", Redaction(keep=frozenset({identity}))).decode()
    assert groq in written
    assert planted.core(planted.secrets_of("xai-key")[2]) not in written


def test_metrics_only_writes_a_go_vcr_cassette_with_the_same_chunks_and_no_text():
    recorded = as_har([planted.secrets_of(kind)[2] for kind in planted.KINDS])
    before = viewer.load(recorded, "a.har")
    after = viewer.load(redact_bytes(recorded, "a.har", Redaction(metrics_only=True)), "a.yaml")
    assert after.format == "go-vcr"
    kept = ["event", "kind", "tokens"]
    assert after.chunks[kept].equals(before.chunks[kept])
    assert set("".join(after.chunks["text"])) == {"•", "\n"}
    assert set(after.interactions[0].request.body.decode()) == {"•", " "}


WORDS = SecretPattern("words", ("",), re.compile(r"\b(?:the|is|for|you|in|to) [a-zA-Z]{3,}"), anchored=False)


def test_a_binary_recording_is_refused_and_can_be_written_as_go_vcr(shared):
    path = shared / "recorded" / "mitmproxy" / "buffer-list.flow"
    options = Redaction(extra_patterns=(WORDS,))
    with pytest.raises(viewer.CassetteError, match="Write it as a go-vcr cassette instead"):
        redact_bytes(path.read_bytes(), path.name, options)
    written, _ = redact_file(path.read_bytes(), path.name, options, as_go_vcr=True)
    redacted, found = redact(viewer.load(path), options)
    assert viewer.load(written, "a.yaml").chunks["text"].tolist() == redacted.chunks["text"].tolist()
    assert found


def some_of(corpus, every):
    listed = (corpus / "catalog.csv").read_text().splitlines()[1:]
    paths = sorted(
        path for path in corpus.rglob("*") if path.is_file() and str(path.relative_to(corpus)) in "\n".join(listed)
    )
    return paths[::every]


def test_ordinary_text_of_real_recordings_is_not_a_secret(corpus):
    rules = {}
    for path in some_of(corpus, 8):
        try:
            cassette = viewer.load(path)
        except viewer.CassetteError:
            continue
        for finding in redact(cassette)[1]:
            rules.setdefault(finding.rule, []).append((path.name, finding))
    assert set(rules) <= {"header-secret", "header-identity", "json-key"}
    assert len(rules.get("json-key", [])) <= 2


def test_redacted_bodies_of_real_recordings_decode_to_the_redacted_chunks(corpus):
    """Pairs of common words are the secrets, so that nearly every stream has some."""
    from viewer.streams.reader import read_stream

    changed = 0
    for path in some_of(corpus, 12):
        try:
            cassette = viewer.load(path)
        except viewer.CassetteError:
            continue
        redacted, _ = redact(cassette, Redaction(extra_patterns=(WORDS,)))
        for before, after in zip(cassette.streams, redacted.streams, strict=True):
            kept = ["event", "kind", "choice", "t", "tokens", "offset", "size"]
            assert after.chunks[kept].equals(before.chunks[kept]), path
            if (
                redacted.interactions[after.interaction].response.body
                != cassette.interactions[after.interaction].response.body
            ):
                again = read_stream(redacted.interactions[after.interaction], after.interaction)
                assert again.chunks["text"].tolist() == after.chunks["text"].tolist(), path
                assert again.tool_calls == after.tool_calls, path
                assert not WORDS.expression.search(after.text()), path
                changed += 1
    assert changed > 40


def test_nearly_every_real_recording_can_be_rewritten_in_place(corpus):
    """Only bodies that the recorder packed in its own way are refused. All other files are verified."""
    refused = []
    paths = some_of(corpus, 16)
    for path in paths:
        try:
            redact_bytes(path.read_bytes(), path.name, Redaction(extra_patterns=(WORDS,)))
        except viewer.CassetteError as error:
            refused.append((Path(path).name, error.advice))
    assert {advice for _, advice in refused} <= {"Write it as a go-vcr cassette instead."}
    assert len(refused) <= len(paths) // 10, refused


@pytest.mark.parametrize("shape", ["bedrock converse", "bedrock invoke"])
@pytest.mark.parametrize("kind", planted.KINDS)
def test_a_secret_in_a_binary_stream_is_removed_from_a_file(kind, shape):
    secret = planted.secrets_of(kind)[5]
    item = {"request": {"method": "POST", "url": "https://bedrock.example/", "headers": {}, "body": ""}}
    item["response"] = {
        "code": 200,
        "status": "200 OK",
        "headers": {},
        "body": STREAMS[shape](split_everywhere(secret)),
    }
    data = yaml.safe_dump({"version": 2, "interactions": [item]}, sort_keys=False).encode()
    written = redact_bytes(data, "a.yaml")
    after = viewer.load(written, "a.yaml")
    assert is_absent(secret, unpacked(written) + everything_in(after))
    assert after.chunks["text"].tolist() == redact(viewer.load(data, "a.yaml"))[0].chunks["text"].tolist()


@pytest.mark.parametrize("between", ["", "\n", "\r\n\ufeff"])
@pytest.mark.parametrize("indent", [None, 2])
def test_every_one_of_several_documents_is_redacted(between, indent):
    def entry(secret):
        request = {"method": "POST", "url": "https://a.example/v1", "headers": headers([secret, "x"])}
        return {
            "request": {**request, "body": "{}"},
            "response": {"status": 200, "body": f'data: {{"a": "{secret}"}}\n\n'},
        }

    secrets = planted.secrets_of("openai-key")[:2]
    data = between.join(json.dumps(entry(secret), indent=indent) for secret in secrets).encode()
    redacted = redact_bytes(data, "a.json")
    assert not any(secret.encode() in redacted for secret in secrets)
    assert len(viewer.load(redacted).streams) == len(viewer.load(data).streams) == 2
