"""What is imported when: a command must not wait for a package that it does not use."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT, SAMPLES, SEED

# Each step runs in the process of the steps before it, so a package is blamed on the first step that imports it.
_PROBE = """
import contextlib, io, json, sys
at_start = set(sys.modules)
imported = {}

def note(step):
    imported[step] = sorted(set(sys.modules) - at_start)

def run(step, *arguments):
    from viewer.cli.main import main
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())) as out, contextlib.suppress(SystemExit):
        assert main(arguments) == 0
    note(step)
    return out.buffer.getvalue().decode()

import viewer
note("import viewer")
run("--help", "--help")
reported, local, seed, *others = sys.argv[1:]
assert "reported by the provider" in run("show, cost reported", "show", reported)
assert "no provider 127.0.0.1" in run("show, local model", "show", local)
run("show", "show", seed)
for other in others:
    run("show several", "show", other)
run("show --json", "show", "--json", seed)
run("show --plain", "show", "--plain", seed)
run("replay", "replay", "--instant", seed)
run("export", "export", "--as", "vtt", seed)
run("redact --list", "redact", "--list", seed)
run("diff", "diff", seed, seed)
run("chunks", "chunks", seed)
print(json.dumps(imported))
"""
# A reply of a listed model on a known day, so that only the reported cost makes an estimate needless.
_REPORTED_COST = {
    "request": {"method": "POST", "url": "https://openrouter.ai/api/v1/chat/completions", "headers": []},
    "startedDateTime": "2026-03-01T12:00:00Z",
    "response": {
        "status": 200,
        "headers": [{"name": "Content-Type", "value": "text/event-stream"}],
        "content": {
            "mimeType": "text/event-stream",
            "text": 'data: {"object":"chat.completion.chunk","model":"openai/gpt-4o","choices":[{"index":0,"delta":{"content":"Hi"}}],'
            '"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10,"cost":0.25}}\n\ndata: [DONE]\n\n',
        },
    },
}
# Of all commands that read a recording. Brotli and Zstandard are optional.
_READING = {"numpy", "orjson", "yaml", "brotli", "zstandard"}
_PRICES = {"genai_prices", "pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"}

LOCAL = SAMPLES / "gemma-3-270m_curl.trace"

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """The modules that are imported after each step."""
    reported = tmp_path_factory.mktemp("imports") / "reported.har"
    reported.write_text(json.dumps({"log": {"version": "1.2", "entries": [_REPORTED_COST]}}))
    samples = [path for path in sorted(SAMPLES.iterdir()) if path.suffix != ".md" and path != SEED]
    command = [sys.executable, "-c", _PROBE, *map(str, [reported, LOCAL, SEED, *samples])]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def packages(modules):
    """The packages of other projects, without what a compiler adds."""
    names = {name.partition(".")[0] for name in modules}
    return {name for name in names - sys.stdlib_module_names - {"viewer"} if not name.startswith(("_", "cython"))}


@pytest.mark.parametrize(
    ("step", "allowed"),
    [
        ("import viewer", set()),
        ("--help", set()),
        ("show, cost reported", _READING),
        ("show, local model", _READING),
        ("show", _READING | _PRICES),
        ("show several", _READING | _PRICES),
        ("show --json", _READING | _PRICES),
        ("show --plain", _READING | _PRICES),
        ("replay", _READING | _PRICES | {"wcwidth"}),
        ("export", _READING | _PRICES | {"wcwidth"}),
        ("redact --list", _READING | _PRICES | {"wcwidth"}),
        ("diff", _READING | _PRICES | {"wcwidth"}),
    ],
)
def test_no_package_is_imported_that_a_step_does_not_use(imported, step, allowed):
    assert packages(imported[step]) <= allowed


def test_only_the_chunk_table_needs_pandas(imported):
    assert "pandas" not in imported["diff"]
    assert "pandas" in imported["chunks"]


def test_an_estimate_of_the_cost_imports_no_network_client(imported):
    assert "genai_prices.update_prices" in imported["show"]
    assert {"asyncio", "httpx2", "http.client", "ssl"}.isdisjoint(imported["show several"])


@pytest.mark.parametrize(
    ("step", "most"), [("import viewer", 25), ("--help", 120), ("show, cost reported", 660), ("show several", 740)]
)
def test_a_step_imports_few_modules(imported, step, most):
    """Each module takes about a third of a millisecond."""
    assert len(imported[step]) <= most


def test_the_number_of_modules_does_not_depend_on_the_recording(imported):
    """Every recorder and dialect is asked whether it knows a recording, so the first `show` imports all of them."""
    new = set(imported["show several"]) - set(imported["show"])
    assert not [name for name in new if name.startswith("viewer.")]
