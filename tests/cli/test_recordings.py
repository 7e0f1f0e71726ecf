"""Every command takes several recordings, names those that it cannot read, and does the rest."""

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from tests.conftest import SEED
from tests.support import planted
from tests.support.har_files import asked, chat, entry, har
from viewer.cli.main import main
from viewer.cli.output import Status

pytestmark = pytest.mark.usefixtures("folder")

COMMANDS = {
    "show": ["show"],
    "json": ["show", "--json"],
    "plain": ["show", "--plain"],
    "chunks": ["chunks"],
    "replay": ["replay", "--instant"],
    "report": ["report", "--to", "pages"],
    "redact": ["redact", "--to", "clean"],
    "index": ["index", "--to", "tables", "--processes", "1"],
    "stats": ["stats", "--by", "prompt"],
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Recordings of two words in a folder and an archive, and what cannot be read."""
    (tmp_path / "recorded" / "deep").mkdir(parents=True)
    for name, word in (("one.har", "first"), ("deep/two.har", "second")):
        (tmp_path / "recorded" / name).write_bytes(har(entry(asked(), chat(f"the {word} answer"))))
    (tmp_path / "recorded" / "notes.txt").write_text("nothing recorded")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.write(tmp_path / "recorded" / "one.har", "one.har")
        archive.write(tmp_path / "recorded" / "deep" / "two.har", "two.har")
    (tmp_path / "other.json").write_text('{"resourceSpans": []}')
    (tmp_path / "empty").mkdir()
    with zipfile.ZipFile(tmp_path / "none.zip", "w"):
        pass
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capfd, *arguments):
    status = main(list(arguments))
    out, err = capfd.readouterr()
    return SimpleNamespace(status=status, out=out, err=err)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_those_that_cannot_be_read_are_named_and_the_rest_is_done(capfd, command):
    done = run(capfd, *command, "gone.har", "recorded", "packed.zip")
    assert done.status == Status.FAILED
    assert sum("gone.har: " in line for line in done.err.splitlines()) == 1
    written = done.out + "".join(
        path.read_text(encoding="utf-8")
        for where in ("pages", "clean")
        for path in Path(where).rglob("*.*")
        if path.is_file()
    )
    if command[0] == "index":
        assert "5 recordings: 5 read" in done.err
    elif command[0] == "stats":
        assert "4 answers in 4 recordings" in written
    elif command == ["show"]:
        assert written.count("Wrote 4 tokens") == 4
    else:
        assert written.count("first") >= 2
        assert written.count("second") >= 2


@pytest.mark.parametrize("arguments", [["recorded"], ["recorded/one.har"], ["recorded", "packed.zip"]], ids=" ".join)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_nothing_failed_if_only_the_other_files_of_a_folder_are_not_recordings(capfd, command, arguments):
    assert run(capfd, *command, *arguments).status == Status.DONE


@pytest.mark.parametrize("argument", ["gone.har", "empty", "none.zip"])
@pytest.mark.parametrize("command", [*COMMANDS.values(), ["redact", "--list"]], ids=" ".join)
def test_nothing_to_read_is_one_clear_line(capfd, command, argument):
    done = run(capfd, *command, argument)
    assert (done.status, done.out) == (Status.FAILED, "")
    (line,) = (line for line in done.err.splitlines() if not line.startswith("0 recordings written"))
    assert line.startswith(f"cassette-viewer: {argument}: ")


@pytest.mark.parametrize("command", ["show", "plain", "replay"])
def test_each_recording_has_its_name_above_it(capfd, command):
    lines = run(capfd, *COMMANDS[command], "recorded", "packed.zip").out.split("\n")
    headings = [line for line in lines if line.startswith("==> ")]
    names = ["recorded/deep/two.har", "recorded/one.har", "packed.zip/one.har", "packed.zip/two.har"]
    assert headings == [f"==> {name} <==" for name in names]
    assert [lines[place - 1] for place, line in enumerate(lines) if place and line.startswith("==> ")] == ["", "", ""]
    assert "==>" not in run(capfd, *COMMANDS[command], "recorded/one.har").out


def test_a_recording_of_a_folder_without_the_wanted_interaction_is_named(capfd):
    done = run(capfd, "show", "recorded/deep", "--interaction", "7")
    assert (done.status, done.out) == (Status.FAILED, "")
    assert done.err == "cassette-viewer: recorded/deep/two.har: there is no interaction 7; it has 1, counted from 0.\n"


def test_a_choice_that_only_one_recording_lacks_is_named_with_its_file(capfd):
    done = run(capfd, "replay", "--instant", "recorded/deep", "--choice", "7")
    assert (done.status, done.out) == (Status.FAILED, "")
    assert done.err == "cassette-viewer: recorded/deep/two.har: interaction 0: there is no choice 7; it has 0.\n"


def test_only_the_first_files_that_are_not_recordings_are_named(capfd):
    for number in range(20):
        Path(f"recorded/{number:02}.json").write_text("{}")
    done = run(capfd, "show", "recorded")
    assert done.status == Status.DONE
    skipped = [line for line in done.err.splitlines() if "skipped" in line]
    assert [line.partition(":")[0] for line in skipped[:-1]] == [f"recorded/0{number}.json" for number in range(5)]
    # Fifteen of these, and the notes.
    assert skipped[-1] == "16 more files skipped: not recordings. Name one to see why."


def test_json_has_a_line_for_each_interaction_with_its_file(capfd):
    shutil.copy(SEED, "recorded/one.har")
    lines = [json.loads(line) for line in run(capfd, "show", "--json", "recorded").out.splitlines()]
    assert [(line["file"], line["interaction"]) for line in lines] == [
        ("recorded/deep/two.har", 0),
        ("recorded/one.har", 0),
    ]


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_chunks_of_several_recordings_are_one_table_with_a_column_for_the_file(capfd):
    text = run(capfd, "chunks", "recorded", "packed.zip", "--kind", "content").out
    assert text.startswith("file,interaction,event,")
    files = ["recorded/deep/two.har", "recorded/one.har", "packed.zip/one.har", "packed.zip/two.har"]
    words = ["second", "first", "first", "second"]
    assert [(row["file"], row["text"]) for row in rows(text)] == [
        (file, f"the {word} answer") for file, word in zip(files, words, strict=True)
    ]
    assert run(capfd, "chunks", "recorded/one.har").out.startswith("interaction,event,")


@pytest.mark.parametrize("as_format", ["csv", "jsonl", "parquet"])
def test_every_format_joins_them_and_does_not_read_the_table_that_it_writes(capfd, as_format):
    to = f"recorded/table.{as_format}"
    for _ in range(2):
        assert run(capfd, "chunks", "recorded", "--format", as_format, "--to", to).status == Status.DONE
    read = {"csv": pd.read_csv, "jsonl": lambda file: pd.read_json(file, lines=True), "parquet": pd.read_parquet}
    table = read[as_format](to)
    assert list(table.columns[:2]) == ["file", "interaction"]
    assert sorted(set(table["file"])) == ["recorded/deep/two.har", "recorded/one.har"]
    assert len(table) > 4


def test_texts_that_arrow_cannot_hold_are_joined_with_others(capfd):
    Path("recorded/half.har").write_bytes(har(entry(asked(), chat("\ud800"))))
    assert run(capfd, "chunks", "recorded", "--format", "parquet", "--to", "t.parquet").status == Status.DONE
    table = pd.read_parquet("t.parquet")
    assert "\ufffd" in set(table["text"])


def test_a_secret_in_the_name_of_a_file_is_removed_from_the_table(capfd):
    secret = planted.secrets_of("openai-key")[0]
    shutil.copy("recorded/one.har", f"recorded/{secret}.har")
    assert secret not in run(capfd, "chunks", "recorded").out
    assert secret in run(capfd, "chunks", "recorded", "--no-redact").out


def test_no_table_is_written_if_no_recording_can_be_read(capfd):
    assert run(capfd, "chunks", "gone.har", "other.json", "--to", "table.csv").status == Status.FAILED
    assert not Path("table.csv").exists()


def test_reports_go_beside_their_recordings_or_into_a_folder(capfd):
    assert run(capfd, "report", "recorded").status == Status.DONE
    assert {str(path) for path in Path().rglob("*.html")} == {"recorded/one.har.html", "recorded/deep/two.har.html"}
    done = run(capfd, "report", "recorded", "packed.zip", "--to", "pages")
    assert done.status == Status.DONE
    assert {str(path) for path in Path("pages").rglob("*.html")} == {
        *("pages/one.har.html", "pages/deep/two.har.html"),
        *("pages/packed.zip/one.har.html", "pages/packed.zip/two.har.html"),
    }
    assert all("answer" in path.read_text(encoding="utf-8") for path in Path("pages").rglob("*.html"))


def test_a_report_without_a_place_is_refused_and_the_others_are_written(capfd):
    done = run(capfd, "report", "packed.zip", "recorded/one.har")
    assert done.status == Status.FAILED
    assert done.err.count("has no folder of its own to write a page to. Name one with --to DIR.") == 2
    assert Path("recorded/one.har.html").exists()
    assert "name a folder with --to DIR" in run(capfd, "report", "recorded", "--to", "-").err


def test_standard_input_stands_among_files(capfd, monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(SEED.read_bytes())))
    out = run(capfd, "show", "recorded/one.har", "-").out
    assert "==> standard input <==\ngrok-code-fast-1" in out


def test_what_follows_two_dashes_is_a_file(capfd):
    shutil.copy("recorded/one.har", "--json")
    done = run(capfd, "show", "--", "--json", "--bogus")
    assert "==> --json <==\ngpt-4o-2024" in done.out
    assert done.err == "cassette-viewer: --bogus: cannot be read: No such file or directory.\n"


def test_index_reads_several_sources_into_one_set_of_tables(capfd):
    assert run(capfd, "index", "recorded", "packed.zip", "--to", "tables", "--processes", "1").status == Status.DONE
    names = set(pd.read_parquet("tables/streams")["name"])
    assert names == {"deep/two.har", "one.har", "packed.zip/one.har", "packed.zip/two.har"}
