import json

import numpy as np
import pytest

import viewer
from tests.conftest import ROOT, SAMPLES
from tests.support.har_files import asked, chat, entry, har
from viewer.cli.main import main

# The calls of the session are parts of one conversation, of a line each.
RECORDINGS = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".md" and "claude-code" not in path.name)
PHRASE = "correct-horse-battery-staple-9241"
SECRET = "sk-proj-" + "Ab3xYz9QwErTy7UiOp2LkJhGfDsAzXcVbNm"


@pytest.fixture
def stats(capsys):
    def run(*arguments):
        assert main(["stats", *map(str, arguments)]) == 0
        return capsys.readouterr().out

    return run


def rows_of(text):
    """Return the cells of each row of a table by its label."""
    rows = [[cell for cell in line.strip().split("  ") if cell] for line in text.splitlines()]
    return {label: [cell.strip() for cell in cells] for label, *cells in filter(None, rows)}


def test_a_group_has_its_percentiles_with_counts_and_grades(stats):
    out = stats(*RECORDINGS)
    lines = out.splitlines()
    assert lines[0] == "all recordings"
    assert lines[1].strip() == (
        "14 answers in 13 recordings; 13 streamed; 2 left out, which ended in an error or were cut off"
    )
    rows = rows_of(out)
    assert lines[2].split() == ["p50", "p90", "p95", "p99", "known", "in"]
    assert rows["First to last chunk"] == [
        "1.34 to 3.00 s",
        "3.61 to 4.81 s",
        "4.81 to 5.41 s",
        "5.84 s",
        "7 of 13 ●3 ◐1 ↔3",
    ]
    assert rows["Time to first token"][1] == "≥ 0.353 s"
    streams = viewer.open_many(SAMPLES).query("error.isna() and complete and recorder != 'claude-code'")
    tokens = streams.output_tokens.dropna()
    assert rows["Output tokens"][0] == f"{np.percentile(tokens, 50):g}"
    assert "↔ bounded: known only within bounds" in out
    assert "\x1b" not in out


def test_a_figure_that_most_do_not_support_is_a_dash_with_the_count(stats):
    out = stats(*RECORDINGS)
    assert rows_of(out)["Between chunks, p99"] == ["—", "4 of 13 ●3 ◐1"]
    assert "— fewer than half" in out


def test_a_figure_that_none_support_is_named(stats):
    out = stats(SAMPLES / "nova-lite_bedrock.yaml")
    assert "  known in none: time to first token; first to last chunk;" in out
    assert "Time to first token" not in rows_of(out)


def test_columns_are_aligned_over_all_groups(stats):
    heads = [line for line in stats(SAMPLES, "--by", "provider").splitlines() if line.endswith("known in")]
    assert len(heads) > 3
    assert len(set(heads)) == 1


@pytest.mark.parametrize("by", ["model", "provider", "day"])
def test_groups_are_those_of_the_recordings(stats, by):
    groups = [json.loads(line) for line in stats(SAMPLES, "--by", by, "--json").splitlines()]
    frame = viewer.open_many(SAMPLES)
    names = frame.recorded_at.dt.strftime("%Y-%m-%d") if by == "day" else frame[by]
    assert {group["name"]: group["answers"] + group["left_out"] for group in groups if group["name"]} == dict(
        names.value_counts()
    )
    assert sum(group["answers"] + group["left_out"] for group in groups) == len(frame)


def test_answers_to_the_same_prompt_are_one_group(stats):
    groups = [json.loads(line) for line in stats(SAMPLES, "--by", "prompt", "--json").splitlines()]
    assert (groups[0]["name"], groups[0]["answers"]) == ("Say hi in Portuguese.", 3)
    assert stats(SAMPLES, "--by", "prompt").startswith("Say hi in Portuguese.\n")


def test_json_has_all_figures_exactly_with_null_for_what_is_not_known(stats):
    [line] = stats(SAMPLES / "grok-code-fast-1_simple_streaming.yaml", "--json").splitlines()
    group = json.loads(line)
    [stream] = viewer.load(SAMPLES / "grok-code-fast-1_simple_streaming.yaml").streams
    assert (group["schema"], group["by"], group["name"], group["recordings"]) == (1, None, None, 1)
    ttft = group["figures"]["ttft"]
    assert (ttft["unit"], ttft["known"], ttft["of"], ttft["grades"]) == ("s", 1, 1, {"bounded": 1})
    assert ttft["percentiles"]["p95"] == {"value": None, "low": stream.metrics["ttft"].low, "high": None}
    assert group["figures"]["inter_chunk_p50"] == {
        "unit": "s",
        "known": 0,
        "of": 1,
        "grades": {},
        "percentiles": None,
    }
    documented = (ROOT / "docs" / "corpus.md").read_text(encoding="utf-8").partition("## Percentiles")[2]
    for field in (*group, *group["figures"], *ttft, *ttft["percentiles"], *ttft["percentiles"]["p95"]):
        assert f"`{field}`" in documented, field


@pytest.fixture
def leaky(tmp_path):
    """Return a recording whose model and prompt hold a secret that only its Authorization header tells."""
    question = [{"role": "user", "content": f"What does {PHRASE} open? And {SECRET}?"}]
    headers = {"Authorization": f"Bearer {PHRASE}"}
    call = entry(asked(messages=question), chat("Hi", model=f"ft:{SECRET}"), headers=headers)
    path = tmp_path / "leaky.har"
    path.write_bytes(har(call))
    return path


@pytest.mark.parametrize("format_options", [[], ["--json"]])
def test_names_of_groups_hold_no_secrets_unless_they_are_to_be_kept(stats, leaky, format_options):
    for by, secrets in (("prompt", [PHRASE, SECRET[:10]]), ("model", [SECRET])):
        written = stats(leaky, "--by", by, *format_options)
        kept = stats(leaky, "--by", by, "--no-redact", *format_options)
        for secret in secrets:
            assert secret not in written
            assert secret in kept


def test_redaction_does_not_change_figures(stats):
    for line, kept in zip(
        *(stats(SAMPLES, "--json", "--by", "model", *more).splitlines() for more in ([], ["--no-redact"])), strict=True
    ):
        assert json.loads(line)["figures"] == json.loads(kept)["figures"]


def test_what_cannot_be_read_is_named_and_the_rest_counts(capsys):
    assert main(["stats", "gone.yaml", str(SAMPLES / "qwen3_ollama.ndjson")]) == 2
    out, err = capsys.readouterr()
    assert "1 answer in 1 recording" in out
    assert err.startswith("cassette-viewer: gone.yaml: ")


def test_a_recording_of_errors_has_a_heading_and_no_table(capsys, tmp_path):
    (tmp_path / "a.har").write_bytes(har(entry(asked(), "{}", status=429, content_type="application/json")))
    assert main(["stats", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        "all recordings\n  0 answers in 1 recording; 1 left out, which ended in an error or were cut off\n\n"
    )
