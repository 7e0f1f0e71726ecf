"""What is found in folders and archives, each limit, and hostile archives."""

import dataclasses
import gzip
import io
import os
import pickle
import tarfile
import zipfile

import pytest

from viewer.files.entries import FolderLimits, Member, Named, Refused, Skipped, with_unique_names
from viewer.files.folders import members
from viewer.streams.loading import open_recording
from viewer.types.problems import CassetteError

EVENTS = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n'
RESOURCE = "0123456789abcdef0123456789abcdef01234567.dat"
HAR = (
    b'{"log": {"version": "1.2", "entries": [{"request": {"method": "GET"}, "response": {"status": 200, "headers": [],'
    b'"content": {"mimeType": "text/event-stream", "size": 9, "_file": "%s"}}}]}}'
) % RESOURCE.encode()
MAPPING = b'{"request": {"url": "/v1"}, "response": {"status": 200, "bodyFileName": "b.txt"}}'


def zipped(files, method=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(files, mode="w"):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, content in files.items():
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def found_in(data, name="a.zip", **limits):
    return list(members(Named(data, name), limits=FolderLimits(**limits)))


def names(found, kind=Member):
    return [one.name for one in found if isinstance(one, kind)]


def text_of(member):
    content = member.read()
    return open_recording(content.data, member.name, content.beside).streams[0].text()


PACKERS = [
    pytest.param(zipped, "a.zip", id="zip"),
    pytest.param(tarred, "a.tar", id="tar"),
    pytest.param(lambda files: tarred(files, "w:gz"), "a.tgz", id="tar.gz"),
]


@pytest.mark.parametrize(("pack", "name"), PACKERS)
def test_an_archive_of_several_recordings_gives_each_in_the_order_of_names(pack, name):
    found = found_in(pack({"b/two.sse": EVENTS, "a.sse": EVENTS, "README.md": b"#"}), name)
    assert names(found) == [f"{name}/a.sse", f"{name}/b/two.sse"]
    assert [text_of(member) for member in found if isinstance(member, Member)] == ["hi", "hi"]
    assert names(found, Skipped) == [f"{name}/README.md"]


@pytest.mark.parametrize(("pack", "name"), PACKERS)
def test_bodies_in_an_archive_are_found_by_their_recording_and_are_not_recordings(pack, name):
    files = {
        "mappings/a.json": MAPPING,
        "__files/b.txt": EVENTS,
        "har/a.har": HAR,
        f"har/{RESOURCE}": EVENTS,
        "s.json": b'{"entries": [{"matchKey": "k", "request": {"url": "u"}, "response": {"status": 200, "headers": {},'
        b'"body": {"kind": "binary", "path": "s.blobs/b.bin"}}}]}',
        "s.blobs/b.bin": EVENTS,
    }
    found = found_in(pack(files), name)
    assert names(found) == [f"{name}/har/a.har", f"{name}/mappings/a.json", f"{name}/s.json"]
    assert {text_of(member) for member in found if isinstance(member, Member)} == {"hi"}
    assert len(names(found, Skipped)) == 3


def test_bodies_in_a_folder_are_found_by_their_recording_and_are_not_recordings(tmp_path):
    for name, content in {"mappings/a.json": MAPPING, "__files/b.txt": EVENTS, "a.sse": EVENTS}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    found = list(members(tmp_path))
    assert names(found) == ["a.sse", "mappings/a.json"]
    assert [text_of(member) for member in found if isinstance(member, Member)] == ["hi", "hi"]
    assert names(found, Skipped) == ["__files/b.txt"]


def test_a_zip_file_that_is_one_recording_stays_one():
    one = zipped({"har.har": HAR, RESOURCE: EVENTS})
    found = found_in(one)
    assert names(found) == ["a.zip"]
    assert text_of(found[0]) == "hi"
    assert [one.name for one in found_in(zipped({"x/one.zip": one, "b.sse": EVENTS}))] == [
        "a.zip/b.sse",
        "a.zip/x/one.zip",
    ]


def test_each_zip_file_of_playwright_opens_as_one_recording(shared):
    found = [one for one in members(shared / "recorded" / "playwright") if one.name.endswith(".zip")]
    assert names(found) == ["fetch-zip-list.har.zip", "fetch-zip-short.har.zip"]
    for member in found:
        content = member.read()
        assert len(open_recording(content.data, member.name, content.beside).streams) == 1


def test_a_single_file_is_a_recording_whatever_its_name_and_so_is_a_gzip_file(tmp_path):
    (tmp_path / "README.md").write_bytes(EVENTS)
    (tmp_path / "a.sse.gz").write_bytes(gzip.compress(EVENTS))
    assert [text_of(one) for one in members(tmp_path / "README.md", str(tmp_path / "a.sse.gz"))] == ["hi", "hi"]


def test_an_archive_in_a_folder_and_in_an_archive_is_opened_and_one_deeper_is_not(tmp_path):
    inner = tarred({"x.sse": EVENTS, "y.sse": EVENTS}, "w:gz")
    (tmp_path / "outer.zip").write_bytes(
        zipped({"in.tgz": inner, "deep.zip": zipped({"deeper.zip": zipped({"a": b"", "b": b""}), "c.sse": EVENTS})})
    )
    found = list(members(tmp_path))
    assert names(found) == ["outer.zip/deep.zip/c.sse", "outer.zip/in.tgz/x.sse", "outer.zip/in.tgz/y.sse"]
    [refused] = [one for one in found if isinstance(one, Refused)]
    assert (refused.name, refused.reason) == (
        "outer.zip/deep.zip/deeper.zip",
        "is nested too deeply: only one archive inside another is opened.",
    )


def test_a_zip_file_with_nothing_but_an_archive_is_opened_too():
    inner = tarred({"x.sse": EVENTS, "y.sse": EVENTS}, "w:gz")
    assert names(found_in(zipped({"in.tgz": inner}))) == ["a.zip/in.tgz/x.sse", "a.zip/in.tgz/y.sse"]


def test_files_that_are_obviously_not_recordings_are_skipped_and_links_are_not_followed(tmp_path):
    for name in (
        ".git/config",
        "node_modules/a.json",
        "a.truth.csv",
        "img.PNG",
        "x.py",
        ".hidden.json",
        "package.json",
        "b.json",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(EVENTS)
    (tmp_path / "link.sse").symlink_to(tmp_path / "b.json")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.json")
    found = list(members(tmp_path))
    assert names(found) == ["b.json"]
    assert {one.name: one.reason for one in found if isinstance(one, Skipped)} == {
        ".git": "hidden",
        ".hidden.json": "hidden",
        "a.truth.csv": "not a recording (.csv)",
        "img.PNG": "not a recording (.png)",
        "link.sse": "a link",
        "loop": "a link",
        "node_modules": "a folder of installed packages",
        "package.json": "not a recording (.json)",
        "pipe.json": "a device, a socket or a pipe",
        "x.py": "not a recording (.py)",
    }


def test_a_missing_path_is_reported():
    [refused] = members("/no/such/place")
    assert isinstance(refused, Refused)
    assert "No such file" in refused.reason


def test_a_broken_link_does_not_hide_other_files(tmp_path):
    (tmp_path / "a.sse").write_bytes(EVENTS)
    (tmp_path / "gone").symlink_to("nowhere")
    assert names(members(tmp_path)) == ["a.sse"]


def test_two_files_of_the_same_name_get_different_names():
    assert names(members(Named(EVENTS, "a.sse"), Named(EVENTS, "a.sse"))) == ["a.sse", "a.sse (2)"]


def test_a_member_can_be_sent_to_another_process(tmp_path):
    (tmp_path / "a.sse").write_bytes(EVENTS)
    packed = zipped({"mappings/a.json": MAPPING, "__files/b.txt": EVENTS, "b.sse": EVENTS})
    for member in members(tmp_path, Named(packed, "a.zip")):
        if isinstance(member, Member):
            assert text_of(pickle.loads(pickle.dumps(member))) == "hi"  # noqa: S301 - our own


HOSTILE = ["../../x.sse", "/etc/x.sse", "a/\x1b[31mred\u202e.sse", "C:\\x\\..\\y.sse", "./d/./x.sse"]


@pytest.mark.parametrize(("pack", "name"), PACKERS)
def test_hostile_names_are_shown_harmlessly_and_never_touch_the_file_system(pack, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = found_in(pack(dict.fromkeys(HOSTILE, EVENTS)), name)
    assert {text_of(one) for one in found} == {"hi"}
    assert len(names(found)) == len(set(names(found))) == len(HOSTILE)
    for shown in names(found):
        assert ".." not in shown.split("/")
        assert not shown.startswith("/")
        assert shown.isprintable()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("info", "why"),
    [
        (special("l.sse", tarfile.SYMTYPE, "/etc/passwd"), "is a link"),
        (special("l.sse", tarfile.LNKTYPE, "a.sse"), "is a link"),
        (special("l.sse", tarfile.CHRTYPE), "is a device"),
        (special("l.sse", tarfile.FIFOTYPE), "is a device"),
        (special("l.sse", tarfile.GNUTYPE_SPARSE), "is a device or a sparse file"),
    ],
)
def test_links_and_devices_in_a_tar_file_are_refused_and_other_files_are_read(info, why):
    found = found_in(tarred({"a.sse": EVENTS, info: b""}), "a.tar")
    assert names(found) == ["a.tar/a.sse"]
    assert next(one.reason for one in found if isinstance(one, Refused)).startswith(why)


def test_a_link_in_a_zip_file_is_refused():
    info = zipfile.ZipInfo("l.sse")
    info.external_attr = 0o120777 << 16
    found = found_in(zipped({"a.sse": EVENTS, info: b"/etc/passwd"}))
    assert names(found) == ["a.zip/a.sse"]
    assert names(found, Refused) == ["a.zip/l.sse"]


def encrypted(data):
    """Return the archive with the encryption flag set on each of its files."""
    marked = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(mark)
        while at >= 0:
            marked[at + place] |= 1
            at = marked.find(mark, at + 4)
    return bytes(marked)


@pytest.mark.parametrize("files", [{"a.sse": EVENTS}, {"a.sse": EVENTS, "b.sse": EVENTS}])
def test_an_encrypted_zip_file_is_reported_as_encrypted(files):
    found = found_in(encrypted(zipped(files)))
    assert [type(one) for one in found] == [Refused] * len(files)
    assert {(one.reason, one.advice) for one in found} == {
        ("is encrypted.", "Unpack it with its password and open the files.")
    }


def test_a_file_that_is_too_large_does_not_hide_others(tmp_path):
    found = found_in(tarred({"a.sse": EVENTS, "big.sse": b"x" * 1001}), "a.tar", member_bytes=1000)
    assert names(found) == ["a.tar/a.sse"]
    assert "1,000 bytes (limit member_bytes: 1,000)" in found[1].reason
    (tmp_path / "big.sse").write_bytes(b"x" * 1001)
    [refused] = members(tmp_path, limits=FolderLimits(member_bytes=1000))
    assert "(limit member_bytes: 1,000)" in refused.reason
    [alone] = members(tmp_path / "big.sse", limits=FolderLimits(member_bytes=1000))
    with pytest.raises(CassetteError, match=r"\(limit member_bytes: 1,000\)"):
        alone.read()


@pytest.mark.parametrize("others", [{}, {"a.sse": EVENTS}])
def test_a_zip_bomb_is_refused_by_its_ratio_before_it_is_unpacked(others):
    data = zipped({"bomb.sse": b"\0" * (8 << 20), **others})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        most = 300 * archive.getinfo("bomb.sse").compress_size
    found = found_in(data)
    assert [one.reason for one in found if isinstance(one, Refused)] == [
        f"unpacks to more than {most:,} bytes, too much for its packed size (limit ratio: 300)."
    ]
    assert names(found) == [f"a.zip/{name}" for name in others]


def test_a_zip_file_with_a_false_size_is_read_no_further_than_that_size():
    data = bytearray(zipped({"bomb.sse": b"\0" * (8 << 20), "a.sse": EVENTS}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    found = found_in(bytes(data))
    assert names(found) == ["a.zip/a.sse"]
    assert [one.name for one in found if isinstance(one, Refused)] == ["a.zip/bomb.sse"]


def test_gzip_bombs_are_refused_by_their_ratio():
    bomb = gzip.compress(b"\0" * (8 << 20))
    [member] = found_in(bomb, "a.gz")
    with pytest.raises(CassetteError, match=r"\(limit ratio: 300\)"):
        member.read()
    [refused] = found_in(tarred({"a.sse": b"\0" * (8 << 20)}, "w:gz"), "a.tgz")
    assert "(limit ratio: 300)" in refused.reason


def test_the_total_unpacked_size_is_limited_and_the_files_before_are_kept():
    files = {f"{number}.sse": EVENTS + os.urandom(1000) for number in range(5)}
    for pack, name in ((zipped, "a.zip"), (tarred, "a.tar")):
        found = found_in(pack(files), name, total_bytes=2500)
        assert names(found) == [f"{name}/0.sse", f"{name}/1.sse"]
        assert "(limit total_bytes: 2,500)" in found[-1].reason
    [refused] = found_in(zipped({"har.har": HAR, RESOURCE: os.urandom(3000)}), total_bytes=2500)
    assert "(limit total_bytes: 2,500)" in refused.reason
    [refused] = found_in(tarred(files, "w:gz"), "a.tgz", total_bytes=2500)
    assert "(limit total_bytes: 2,500)" in refused.reason


def test_the_number_of_files_is_limited(tmp_path):
    files = {f"{number}.sse": EVENTS for number in range(5)}
    [refused] = found_in(zipped(files), members=3)
    assert refused.reason == "is a zip file with too many files (limit members: 3)."
    found = found_in(tarred(files), "a.tar", members=3)
    assert names(found) == ["a.tar/0.sse", "a.tar/1.sse", "a.tar/2.sse"]
    assert "there are too many files (limit members: 3)" in found[-1].reason
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    found = list(members(tmp_path, limits=FolderLimits(members=3)))
    assert len(names(found)) == 3
    assert "(limit members: 3)" in found[-1].reason


def test_a_folder_of_too_many_files_is_not_walked_to_its_end(tmp_path):
    for folder in "abc":
        (tmp_path / folder).mkdir()
        for number in range(3):
            (tmp_path / folder / f"{number}.sse").write_bytes(EVENTS)
    found = list(members(tmp_path, limits=FolderLimits(members=2)))
    assert len(names(found)) == 2
    assert "(limit members: 2)" in found[-1].reason
    assert len({one.name[0] for one in found}) == 1


def test_a_file_with_too_long_a_name_is_refused_and_its_name_shortened():
    found = found_in(zipped({"x" * 50: EVENTS, "a.sse": EVENTS}), name_length=20)
    assert names(found) == ["a.zip/a.sse"]
    assert "has a name of 50 characters (limit name_length: 20)" in found[1].reason
    assert len(found[1].name) <= len("a.zip/") + 20


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", zipped({"a": EVENTS, "b": EVENTS})[:-30]])
def test_a_broken_zip_file_says_why(data):
    [refused] = found_in(data)
    assert isinstance(refused, Refused)
    assert "a zip file that cannot be read" in refused.reason


def test_a_tar_file_that_is_cut_off_keeps_the_files_before_the_cut():
    data = tarred({f"{number}.sse": EVENTS for number in range(5)})
    found = found_in(data[:2600], "a.tar")
    assert names(found)[:2] == ["a.tar/0.sse", "a.tar/1.sse"]
    assert isinstance(found[-1], Refused)


def test_a_tar_header_that_points_back_does_not_loop():
    data = bytearray(tarred({"a.sse": EVENTS, "b.sse": EVENTS}))
    data[124:136] = b"\xff" * 12
    data[148:156] = b"        "
    data[148:156] = b"%06o\0 " % sum(data[:512])
    assert all(isinstance(one, Refused) for one in found_in(bytes(data), "a.tar", members=50))


def test_limits_are_immutable():
    with pytest.raises(dataclasses.FrozenInstanceError):
        FolderLimits().members = 3


def test_names_are_unique_whatever_they_are():
    every = [Skipped(name, "hidden") for name in ("a", "a", "a (2)", "a", "a (2)")]
    assert [found.name for found in with_unique_names(every)] == ["a", "a (2)", "a (2) (2)", "a (3)", "a (2) (3)"]
