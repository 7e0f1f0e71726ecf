import io
import json
import zipfile
from types import SimpleNamespace

import pytest

import viewer
from tests.redaction.test_cassette import chat
from tests.support import planted
from viewer.cli.main import main

SECRET = planted.secrets_of("anthropic-key")[0]


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "a.sse"
    path.write_bytes(chat([{"content": f"key {SECRET[:12]}"}, {"content": f"{SECRET[12:]}, at /home/ada"}]))
    return path


def run(*arguments):
    return main(["redact", *map(str, arguments)])


def test_the_file_is_written_and_the_findings_go_to_stderr(recording, tmp_path, capsys):
    assert run(recording, "--to", tmp_path / "b.sse") == 0
    out, err = capsys.readouterr()
    assert viewer.load(tmp_path / "b.sse").streams[0].text() == f"key {'•' * len(SECRET)}, at /home/ada"
    assert out == ""
    assert "anthropic-key-1" in err
    assert "  once  " in err
    assert SECRET[6:] not in err


def test_redact_writes_to_stdout_by_default(recording, capfdbinary):
    assert run(recording, "--paths") == 0
    text = viewer.load(capfdbinary.readouterr().out, "a.sse").streams[0].text()
    assert text == f"key {'•' * len(SECRET)}, at /home/•••"


def test_redact_reads_stdin(recording, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(recording.read_bytes())))
    assert run("-", "--to", tmp_path / "b") == 0
    assert SECRET[12:] not in (tmp_path / "b").read_text()


def test_the_list_goes_to_stdout_and_no_file_is_written(recording, tmp_path, capsys):
    assert run(recording, "--list", "--to", tmp_path / "b") == 1
    out, err = capsys.readouterr()
    assert out.split()[:2] == ["anthropic-key-1", "sk-•••"]
    assert err == ""
    assert not (tmp_path / "b").exists()


def test_a_finding_can_be_kept(recording, tmp_path, capsys):
    assert run(recording, "--keep", "anthropic-key-1", "--to", tmp_path / "b") == 0
    assert SECRET[12:] in (tmp_path / "b").read_text()
    assert "kept" in capsys.readouterr().err
    assert run(recording, "--keep", "anthropic-key-1", "--list") == 0


@pytest.mark.parametrize("mode", [["--list"], ["--in-place"], ["--to"]])
def test_an_unknown_finding_to_keep_is_reported_and_nothing_is_written(mode, recording, tmp_path, capsys):
    before = recording.read_bytes()
    to = [tmp_path / "b"] if mode == ["--to"] else []
    assert run(recording, "--keep", "nothing-1", *mode, *to) == 2
    assert "there is no finding 'nothing-1'" in capsys.readouterr().err
    assert recording.read_bytes() == before
    assert not (tmp_path / "b").exists()


def test_all_text_can_be_removed_and_the_result_written_as_go_vcr(recording, tmp_path):
    assert run(recording, "--metrics-only", "--to", tmp_path / "b") == 0
    assert run(recording, "--go-vcr", "--to", tmp_path / "c") == 0
    assert set(viewer.load(tmp_path / "b").streams[0].text()) == {"•"}
    assert viewer.load(tmp_path / "c").format == "go-vcr"


def test_a_recording_is_never_overwritten(recording, capsys):
    before = recording.read_bytes()
    assert run(recording, "--to", recording) == 2
    assert recording.read_bytes() == before
    assert "Name another file" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"", b"no recording"])
def test_an_unreadable_file_is_reported_and_nothing_is_written(content, tmp_path, capsys):
    path = tmp_path / "a"
    if content is not None:
        path.write_bytes(content)
    assert run(path, "--to", tmp_path / "b") == 2
    assert capsys.readouterr().err.startswith("cassette-viewer: ")
    assert not (tmp_path / "b").exists()


CLEAN = chat([{"content": "nothing"}])


@pytest.fixture
def folder(tmp_path):
    """A folder with a recording that leaks, one that does not, one in a zip file, and two files that are no recordings."""
    folder = tmp_path / "recorded"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "leaky.sse").write_bytes(chat([{"content": SECRET}]))
    (folder / "clean.sse").write_bytes(CLEAN)
    (folder / "config.json").write_text(json.dumps({"key": SECRET}))
    (folder / "README.md").write_text(SECRET)
    with zipfile.ZipFile(folder / "packed.zip", "w") as archive:
        archive.writestr("one.sse", chat([{"content": f"packed {SECRET}"}]))
        archive.writestr("two.sse", CLEAN)
    return folder


def files_of(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_is_written_below_another_and_only_its_recordings(folder, recording, tmp_path, capsys):
    for _ in range(2):
        assert run(folder, recording, "--to", tmp_path / "out") == 0
    packed = {"packed.zip/one.sse", "packed.zip/two.sse"}
    assert files_of(tmp_path / "out") == {"a.sse", "clean.sse", "deep/leaky.sse", *packed}
    assert not any(SECRET[12:].encode() in path.read_bytes() for path in (tmp_path / "out").rglob("*.sse"))
    assert (tmp_path / "out" / "clean.sse").read_bytes() == CLEAN
    assert "5 recordings written, 3 secrets removed; 2 other files skipped, 0 failed." in capsys.readouterr().err


def test_files_below_the_folder_that_is_written_to_are_not_read(folder):
    for _ in range(2):
        assert run(folder, "--to", folder / "out") == 0
    assert not (folder / "out" / "out").exists()


def test_a_name_with_a_secret_is_written_without_it(folder, tmp_path):
    (folder / f"{SECRET}.sse").write_bytes(CLEAN)
    assert run(folder, "--to", tmp_path / "out") == 0
    assert "•••.sse" in files_of(tmp_path / "out")


def test_a_second_recording_for_the_same_file_does_not_overwrite_the_first(folder, tmp_path, capsys):
    for number, secret in enumerate(planted.secrets_of("anthropic-key")[:2]):
        (folder / f"{secret}.sse").write_bytes(chat([{"content": f"number {number}"}]))
    assert run(folder, "--to", tmp_path / "out") == 2
    assert "another recording was written to this file" in capsys.readouterr().err


def test_files_are_replaced_in_place_and_others_are_left_alone(folder):
    (folder / "packed.zip").unlink()
    leaky = folder / "deep" / "leaky.sse"
    leaky.chmod(0o640)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path != leaky}
    assert run(folder, "--in-place") == 0
    assert viewer.load(leaky).streams[0].text() == "•" * len(SECRET)
    assert leaky.stat().st_mode & 0o777 == 0o640
    assert {path: path.read_bytes() for path in before} == before
    assert files_of(folder) == {"deep/leaky.sse", "clean.sse", "config.json", "README.md"}


def test_a_recording_that_cannot_be_written_does_not_stop_the_others(folder, tmp_path, capsys):
    mappings = folder / "mappings"
    mappings.mkdir()
    (folder / "__files").mkdir()
    (mappings / "a.json").write_text(
        json.dumps({"request": {"url": "/v1"}, "response": {"status": 200, "bodyFileName": "b.txt"}})
    )
    (folder / "__files" / "b.txt").write_bytes(chat([{"content": SECRET}]))
    assert run(folder, "--to", tmp_path / "out") == 2
    assert "Use --go-vcr." in capsys.readouterr().err
    assert "deep/leaky.sse" in files_of(tmp_path / "out")
    assert run(folder, "--to", tmp_path / "converted", "--go-vcr") == 0
    written = viewer.load(tmp_path / "converted" / "mappings" / "a.json.go-vcr.yaml")
    assert written.streams[0].text() == "•" * len(SECRET)


def test_the_secrets_of_many_recordings_are_listed_for_programs(folder, capsys):
    assert run(folder, "--list", "--json") == 1
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["file"] for one in found] == [str(folder / "deep" / "leaky.sse"), "packed.zip/one.sse"]
    wanted = {"id": "anthropic-key-1", "rule": "anthropic-key", "where": "response 0 body", "count": 1}
    assert found[0] == {"file": found[0]["file"], **wanted, "preview": "sk-•••", "kept": False}


def test_a_list_of_many_recordings_ends_with_how_many_were_searched(folder, tmp_path, capsys):
    clean = tmp_path / "clean"
    clean.mkdir()
    (clean / "a.sse").write_bytes(CLEAN)
    (clean / "notes.md").write_text("# Notes\n")
    assert run(clean, "--list") == 0
    assert capsys.readouterr() == ("", "No secrets were found: 1 recording searched, 1 other file skipped, 0 failed.\n")
    assert run(folder, "--list") == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("Secrets were found: ")
    assert run(clean, "--list", "--json") == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("content", "status"), [(CLEAN, 0), (chat([{"content": SECRET}]), 1), (b"", 2), (None, 2)])
def test_the_exit_status_of_list_says_whether_secrets_were_found(content, status, tmp_path):
    if content is not None:
        (tmp_path / "a.sse").write_bytes(content)
    (tmp_path / "clean.sse").write_bytes(CLEAN)
    assert run(tmp_path / "a.sse", tmp_path / "clean.sse", "--list") == status


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a folder with --to DIR"),
        (["--to", "recorded"], "this would overwrite the recording"),
        (["--in-place"], "packed.zip/one.sse: only a file of its own can be replaced"),
        (["--in-place", "--go-vcr"], "--in-place keeps the recorder's own format"),
        (["--keep", "x-1", "--list"], "--keep needs a single recording"),
        (["--json", "--to", "x"], "--json needs --list"),
    ],
)
def test_a_wrong_call_is_refused_and_changes_nothing(arguments, message, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder.parent)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert run("recorded", *arguments) == 2
    assert message in capsys.readouterr().err
    assert {path: path.read_bytes() for path in before} == before
