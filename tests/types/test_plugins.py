"""Plug-ins, tested as installed packages: a package with its metadata in a folder on the path of another process."""

import json
import os
import re
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.process

EVENTS = 'data: {"acme":"say","words":"Hail"}\n\ndata: {"acme":"say","words":" soon."}\n\ndata: {"acme":"bye","used":{"heard":3,"said":2}}\n\n'
TAPE = {
    "acme_tape": 1,
    "calls": [{"url": "https://acme.example/chat", "sent": "{}", "received": EVENTS, "arrivals_ms": [500, 750, 1000]}],
}
CHAT = 'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Rain"}}]}\n\ndata: [DONE]\n\n'
SHOW = """
import json, sys, viewer
cassette = viewer.load(sys.argv[1])
print(json.dumps({
    "format": cassette.format,
    "urls": [one.request.url for one in cassette.interactions],
    "streams": [[one.protocol, one.text(), one.finish_reason, one.timing.grade] for one in cassette.streams],
    "usage": [[one.usage.input, one.usage.output] for one in cassette.streams if one.usage],
    "problems": [[one.severity, one.message] for one in cassette.problems],
    "answers": [one.text for one in cassette.answers.values()],
}))
"""
ABOUT = "from viewer.types.formats import About\nABOUT = (About('x', 'X', '', ''),)\n"
RECOGNISE, READ = "def recognise(document): return 99\n", "def read(document): return 5\n"
PROTOCOL = "from viewer.types.formats import About\nPROTOCOL = 'p'\nABOUT = About('p', 'P', '', '')\n"
USAGE = "def usage(reported, provider): return 5\n"
BROKEN_RECORDERS = {
    "import": "import no_such_module",
    "exit": "raise SystemExit(1)",
    "syntax": "def",
    "missing": ABOUT + RECOGNISE,
    "constant": ABOUT + "recognise = 5\n" + READ,
    "about": "ABOUT = 'x'\n" + RECOGNISE + READ,
    "recognise": ABOUT + "def recognise(document): return document['x']\n" + READ,
    "sureness": ABOUT + "def recognise(document): return 'surely'\n" + READ,
    "read": ABOUT + RECOGNISE + "def read(document): return document['x']\n",
    "result": ABOUT + RECOGNISE + READ,
    "bodies": ABOUT
    + RECOGNISE
    + "from viewer.cassettes import Recording\ndef read(document): return Recording('x', [5])\n",
}
BROKEN_PROTOCOLS = {
    "import": "import no_such_module",
    "name": PROTOCOL.replace("'p'\n", "'q'\n") + RECOGNISE + READ + USAGE,
    "recognise": PROTOCOL + "def recognise(sample): return 1 / 0\ndef read(events, reading): pass\n" + USAGE,
    "read": PROTOCOL + RECOGNISE + "def read(events, reading): events[0]['x']\n" + USAGE,
    "rows": PROTOCOL + RECOGNISE + "def read(events, reading): pass\n" + USAGE,
    "place": PROTOCOL + RECOGNISE + "def read(events, reading): reading.add(10**6, 0)\n" + USAGE,
    "text": PROTOCOL
    + RECOGNISE
    + "def read(events, reading): [reading.add(i, 1, 5) for i in range(len(events))]\n"
    + USAGE,
}


def install(folder, name, files, entry_points):
    """Write a package as an installer leaves it behind."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    groups = [
        f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in points.items()) for group, points in entry_points.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(groups))


def show(folder, content):
    """Open a recording in a process that has the packages of a folder."""
    recording = folder / "recording"
    recording.write_text(content if isinstance(content, str) else json.dumps(content))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    made = subprocess.run(
        [sys.executable, "-c", SHOW, recording],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def test_the_example_in_the_docs_reads_its_recorder_and_its_protocol(tmp_path):
    blocks = re.findall(r"```(?:toml|python)\n# (\S+)\n(.*?)```", (ROOT / "docs" / "plugins.md").read_text(), re.DOTALL)
    files = dict(blocks)
    project = tomllib.loads(files.pop("pyproject.toml"))["project"]
    install(tmp_path, project["name"], files, project["entry-points"])
    shown = show(tmp_path, TAPE)
    assert shown["format"] == "acme-tape"
    assert shown["urls"] == ["https://acme.example/chat"]
    assert shown["streams"] == [["acme-chat", "Hail soon.", "bye", "measured"]]
    assert shown["usage"] == [[3, 2]]
    assert shown["problems"] == []


def install_broken(folder, group, modules):
    files = {f"broken_{name}.py": code for name, code in modules.items()}
    install(folder, "acme-broken", files, {group: {f"b-{name}": f"broken_{name}" for name in modules}})


@pytest.mark.parametrize(
    ("group", "modules"),
    [("cassette_viewer.recorders", BROKEN_RECORDERS), ("cassette_viewer.protocols", BROKEN_PROTOCOLS)],
)
def test_each_broken_plug_in_is_a_warning_and_the_built_in_formats_are_read(tmp_path, group, modules):
    install_broken(tmp_path, group, modules)
    shown = show(tmp_path, CHAT)
    assert (shown["format"], shown["streams"][0][:2]) == ("sse", ["openai-chat", "Rain"])
    for name in modules:
        named = [text for severity, text in shown["problems"] if f"plug-in b-{name} of the package acme-broken" in text]
        assert len(named) == 1, (name, shown["problems"])
    assert {severity for severity, text in shown["problems"] if "plug-in" in text} == {"warning"}


def test_a_protocol_that_fails_on_usage_or_on_an_answer_keeps_the_text(tmp_path):
    read = (
        "def read(events, reading):\n"
        "    for event, payload in reading.payloads(events):\n"
        "        reading.add(event, 1, str(payload))\n"
        "        reading.usage = {'n': 1}\n"
    )
    broken = PROTOCOL + RECOGNISE + read + USAGE + "def as_events(payload): return 1 / 0\n"
    install_broken(tmp_path, "cassette_viewer.protocols", {"usage": broken})
    shown = show(tmp_path, 'data: {"a":"Rain"}\n\n')
    assert shown["streams"][0][:2] == ["p", "{'a': 'Rain'}"]
    assert any("usage returned a int" in text for _, text in shown["problems"])
    answer = {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hail"}}],
    }
    assert show(tmp_path, answer)["answers"] == ["Hail"]


def test_plug_ins_are_looked_up_only_when_a_file_is_opened(tmp_path):
    install_broken(tmp_path, "cassette_viewer.recorders", {"loud": "raise RuntimeError"})
    code = "import sys, viewer, viewer.streams.loading; assert 'broken_loud' not in sys.modules"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, check=True)
