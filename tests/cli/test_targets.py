import pytest

from tests.conftest import SEED
from viewer.cli.inputs import find_inputs
from viewer.cli.targets import Targets, targets_below
from viewer.types.problems import CassetteError


@pytest.fixture
def targets(tmp_path):
    """The targets of a run that reads a recording in the folder that it writes to."""
    (tmp_path / "a.yaml").write_bytes(SEED.read_bytes())
    return Targets(tmp_path, find_inputs([str(tmp_path)]), lambda name: name.replace("secret", "••••••"))


def test_a_file_has_its_place_below_the_folder(targets, tmp_path):
    path = targets.take("packed.zip/deep/b.yaml", ".html")
    assert path == tmp_path / "packed.zip" / "deep" / "b.yaml.html"
    assert path.parent.is_dir()


def test_a_removed_secret_is_one_mark_in_a_name(targets):
    assert targets.take("secret.yaml").name == "•••.yaml"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a.yaml", "this would overwrite the recording"),
        ("b.yaml", "another recording was written to this file"),
        ("../c.yaml", "would be written outside"),
    ],
)
def test_neither_a_recording_nor_a_file_of_the_run_nor_anything_outside_is_overwritten(targets, name, reason):
    targets.take("b.yaml")
    with pytest.raises(CassetteError, match=reason):
        targets.take(name)


def test_only_several_recordings_or_a_folder_that_exists_need_targets(tmp_path):
    single, several = find_inputs([str(SEED)]), find_inputs([str(SEED), str(SEED)])
    assert targets_below(None, several, str) is None
    assert targets_below(tmp_path / "page.html", single, str) is None
    assert targets_below(tmp_path / "new", several, str).take("a") == tmp_path / "new" / "a"
    assert targets_below(tmp_path, single, str).take("b") == tmp_path / "b"
