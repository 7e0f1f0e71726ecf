import subprocess
from pathlib import Path

import pytest
import yaml

import viewer
from viewer.streams.merge_conflicts import find_conflicts

SAMPLES = Path(__file__).parents[2] / "sample_cassettes"
# Aider and other agents have models answer with such blocks: https://aider.chat/docs/more/edit-formats.html
EDIT = "a.py\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n"
CONFLICT = b"<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> main\n"


def conflicts_of(data, name="a"):
    try:
        cassette = viewer.load(data, name)
    except viewer.CassetteError:
        return find_conflicts(data, "", [])
    return find_conflicts(data, cassette.format, cassette.interactions)


def git(folder, *arguments, check=True):
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *arguments]
    return subprocess.run(command, cwd=folder, check=check, capture_output=True, timeout=60)


def merged_by_git(folder, name, mine, base, theirs, *options):
    """What git leaves in a file that both sides of a merge changed."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    for branch, content in (("main", base), ("theirs", theirs), ("main", mine)):
        if branch == "theirs":
            git(folder, "checkout", "--quiet", "-b", "theirs")
        elif (folder / name).exists():
            git(folder, "checkout", "--quiet", "main")
        (folder / name).write_bytes(content)
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--message", "Record")
    assert git(folder, *options, "merge", "theirs", check=False).returncode == 1
    return (folder / name).read_bytes()


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
@pytest.mark.parametrize(
    "name",
    [
        "gemma-3-270m_responses.yaml",
        "gemma-3-270m_short.har",
        "gemma-3-270m_list.sse",
        "gemma-3-270m_reel.jsonl",
        "qwen3_ollama.ndjson",
        "claude-sonnet-4_overloaded.json",
    ],
)
def test_a_conflict_that_git_leaves_has_its_line(tmp_path, name, style):
    base = (SAMPLES / name).read_bytes()
    lines = base.splitlines(keepends=True)
    middle = len(lines) // 2
    changed = [
        b"".join([*lines[:middle], lines[middle].replace(b'"', b'"' + word, 1), *lines[middle + 1 :]])
        for word in (b"mine ", b"theirs ")
    ]
    if changed[0] == base:
        changed = [base.replace(b"a", letter) for letter in (b"o", b"u")]
    merged = merged_by_git(tmp_path, name, changed[0], base, changed[1], "-c", f"merge.conflictStyle={style}")
    found = conflicts_of(merged, name)
    first = merged[: merged.index(b"<<<<<<< ")].count(b"\n") + 1
    assert [one.line for one in found][:1] == [first]
    assert found[0].marker == b"<<<<<<< HEAD"
    assert len(found) == merged.count(b"\n>>>>>>> theirs")


def test_a_file_with_carriage_returns_has_its_conflict():
    conflict = b"<<<<<<< HEAD\r\n=======\r\ntheirs\r\n>>>>>>> main\r\n"
    data = conflict + (SAMPLES / "gemma-3-270m_short.har").read_bytes()
    assert [(one.line, one.marker) for one in conflicts_of(data, "a.har")] == [(1, b"<<<<<<< HEAD")]


@pytest.mark.parametrize("style", [None, "|"])
def test_an_edit_in_recorded_text_of_yaml_is_not_a_conflict(style):
    document = {
        "interactions": [
            {
                "request": {"method": "POST", "uri": "https://a.example/", "body": EDIT, "headers": {}},
                "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": EDIT}},
            }
        ],
        "version": 1,
    }
    data = yaml.safe_dump(document, default_style=style).encode()
    assert len(viewer.load(data, "a.yaml").interactions) == 1
    assert conflicts_of(data, "a.yaml") == []


def test_an_edit_in_text_that_stands_unchanged_in_the_file_is_not_a_conflict():
    # Responses of cURL and multi-line strings of TOML put recorded text at the start of lines.
    curl = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{EDIT}".encode()
    assert viewer.load(curl, "a.txt").interactions[0].response.body == EDIT.encode()
    assert conflicts_of(curl, "a.txt") == []


def test_an_edit_in_a_string_of_toml_is_not_a_conflict():
    # Cassetter writes such files. The escape is why the body does not have the same bytes.
    edit = EDIT.replace("x = 2", 'x = "\\t"')
    toml = f"""[[interactions]]
[interactions.request]
method = "POST"
uri = "https://a.example/"
[interactions.response]
status = 200
[interactions.response.body]
type = "text"
content = \"\"\"
{edit}\"\"\"
"""
    assert conflicts_of(toml.encode(), "a.toml") == []


def test_a_conflict_inside_a_quoted_body_of_yaml_is_one():
    data = (SAMPLES / "gemma-3-270m_responses.yaml").read_bytes()
    lines = data.splitlines(keepends=True)
    conflict = [b"<<<<<<< HEAD\n", lines[102], b"=======\n", lines[102].replace(b"e", b"a"), b">>>>>>> main\n"]
    found = conflicts_of(b"".join([*lines[:102], *conflict, *lines[103:]]), "a.yaml")
    assert [one.line for one in found] == [103]


def test_an_edit_in_plain_text_with_an_event_is_not_a_conflict():
    data = f'The log says:\n\ndata: {{"choices": []}}\n\n{EDIT}'.encode()
    assert viewer.load(data, "a.txt").format == "text"
    assert conflicts_of(data, "a.txt") == []


def test_a_file_that_is_not_a_recording_has_no_conflict():
    assert conflicts_of(b"a: 1\n" + CONFLICT, "a.yaml") == []


@pytest.mark.parametrize(
    "part",
    [
        CONFLICT[:13],
        CONFLICT.replace(b"=======\n", b""),
        CONFLICT.replace(b">>>>>>> main\n", b""),
        b" " + CONFLICT.replace(b"\n", b"\n "),
        CONFLICT.replace(b"<<<<<<< HEAD", b"<<<<<<<< HEAD"),
    ],
    ids=["opening only", "no middle", "no end", "indented", "eight signs"],
)
def test_a_part_of_a_conflict_is_none(part):
    har = (SAMPLES / "gemma-3-270m_short.har").read_bytes().replace(b"\n", b"\n" + part, 1)
    assert conflicts_of(har, "a.har") == []


def test_many_openings_take_no_time_that_grows_with_their_square():
    data = b'{"log": {"entries": [\n' + b"<<<<<<< HEAD\n" * 100_000
    assert conflicts_of(data, "a.har") == []
