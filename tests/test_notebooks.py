"""The notebooks run from beginning to end, and are stored without outputs."""

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

pytestmark = pytest.mark.process

FOLDER = ROOT / "notebooks"


def run(name):
    notebook = nbformat.read(FOLDER / name, as_version=4)
    # So that the kernel imports this checkout, and not an installed version.
    notebook.cells.insert(0, nbformat.v4.new_code_cell("import sys\nsys.path.insert(0, '..')"))
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(FOLDER)}}).execute()
    return notebook.cells[1:]


@pytest.fixture(scope="module")
def tour():
    return [cell for cell in run("tour.ipynb") if cell.cell_type == "code"]


def shown(cell, kind):
    return "".join(output.data[kind] for output in cell.outputs if kind in output.get("data", {}))


@pytest.mark.filterwarnings("ignore")
def test_the_tour_runs_and_a_cassette_shows_itself(tour):
    assert shown(tour[0], "text/plain").startswith("<Cassette grok-code-fast-1_simple_streaming.yaml: go-vcr 2")
    html = shown(tour[0], "text/html")
    assert "Thought for about 1.6 s" in html
    assert '<iframe sandbox="allow-scripts"' in html


def cell(tour, begin):
    return next(one for one in tour if begin in one.source)


def figures(tour):
    """The Plotly figures by the function that made them."""
    kind = "application/vnd.plotly.v1+json"
    cells = {
        one.source.split("(")[0].removeprefix("viewer.charts."): one for one in tour if "viewer.charts" in one.source
    }
    return {name: output.data[kind] for name, one in cells.items() for output in one.outputs if kind in output.data}


def test_the_tour_shows_figures(tour):
    found = figures(tour)
    assert {name: one["layout"]["title"]["text"] for name, one in found.items()} == {
        "timeline": "Tokens · grok-code-fast-1",
        "tokens": "Token usage · grok-code-fast-1",
        "by_model": "Time to first token by model",
        "calls": "4 calls · weather-agent_tool-calls.yaml",
        "comparison": "Comparison",
    }


def test_the_tour_opens_many_recordings_and_keeps_to_grades(tour):
    assert "qwen3:4b" in shown(cell(tour, "open_many"), "text/plain")
    of_grades = shown(cell(tour, "recorded ="), "text/plain")
    assert "measured" in of_grades
    assert "span" not in of_grades


def test_the_tour_ends_with_a_comparison(tour):
    assert "text" in shown(tour[-2], "text/plain")


def test_notebooks_are_stored_without_outputs():
    for path in FOLDER.glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs"), path.name
            assert cell.get("execution_count") is None
