"""docs/notebook.md: its code runs, and it lists what there is."""

import re
import shutil

import pytest

import viewer
from tests.conftest import ROOT, SAMPLES
from viewer.library.open_many import COLUMNS
from viewer.text.words import LABELS

TEXT = (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8")
SEED = "grok-code-fast-1_simple_streaming.yaml"


def test_every_block_of_code_runs_in_order(tmp_path, monkeypatch):
    shutil.copy(SAMPLES / SEED, tmp_path / "recording.yaml")
    shutil.copy(SAMPLES / SEED, tmp_path / "after.yaml")
    (tmp_path / "recordings").mkdir()
    for name in (SEED, "qwen3_ollama.ndjson", "README.md"):
        shutil.copy(SAMPLES / name, tmp_path / "recordings")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len(blocks) >= 7
    names = {}
    for block in blocks:
        exec(compile(block, "docs/notebook.md", "exec"), names)  # noqa: S102 - the project's own documentation
    assert names["frame"].attrs == {"problems": [], "skipped": {"not a recording (.md)": 1}}
    assert (tmp_path / "page.html").exists()


@pytest.mark.parametrize("name", sorted({*viewer.__all__} - {"__version__"}))
def test_every_public_name_is_listed(name):
    assert f"`viewer.{name}" in TEXT


def test_every_figure_is_listed():
    for name in viewer.charts.__all__:
        assert f"\n| `{name}(" in TEXT


def test_every_column_of_open_many_is_listed():
    for column in COLUMNS:
        plain = re.sub("_(low|high|grade)$", "", column)
        assert f"`{plain if plain in LABELS else column}`" in TEXT
