"""Logs of Inspect in its own format, a zip file of JSON."""

import io
import json
import warnings
import zipfile
from dataclasses import replace

import pytest

from viewer.files.inspect_archive import header_of, read_inspect_archive
from viewer.types.limits import DEFAULT_LIMITS
from viewer.types.problems import CassetteError

HEADER = {"version": 2, "eval": {"task": "t"}}


def archive(*members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file, warnings.catch_warnings():
        # The writer warns of a name that comes twice.
        warnings.simplefilter("ignore")
        for name, value in members:
            file.writestr(name, json.dumps(value))
    return packed.getvalue()


def read(data, limits=DEFAULT_LIMITS):
    return read_inspect_archive(zipfile.ZipFile(io.BytesIO(data)), data, "log.eval", limits)


def test_the_members_are_one_object_with_the_samples_in_a_list():
    data = archive(("samples/1_epoch_1.json", {"id": 1}), ("summaries.json", []), ("header.json", HEADER))
    assert json.loads(read(data)) == {**HEADER, "samples": [{"id": 1}]}


def test_of_a_sample_that_was_written_twice_the_last_one_counts():
    again = [("samples/1_epoch_1.json", {"id": 1, "error": "cut"}), ("samples/1_epoch_1.json", {"id": 1})]
    assert json.loads(read(archive(("_journal/start.json", HEADER), *again)))["samples"] == [{"id": 1}]


def test_samples_that_are_too_large_together_are_refused_with_what_to_do():
    sample = {"text": "x" * 600}
    data = archive(("header.json", HEADER), ("samples/1_epoch_1.json", sample), ("samples/2_epoch_1.json", sample))
    with pytest.raises(CassetteError, match=r"'samples/2_epoch_1\.json' cannot be read: it is too large.*--to json"):
        read(data, replace(DEFAULT_LIMITS, decoded_bytes=1000))


@pytest.mark.parametrize("names", [["header.json"], ["samples/1_epoch_1.json"], ["samples/a/b.json", "header.json"]])
def test_a_zip_file_without_a_header_and_a_sample_or_a_journal_is_another_one(names):
    data = archive(*((name, HEADER) for name in names))
    assert header_of(zipfile.ZipFile(io.BytesIO(data))) == ""
