import re
from html.parser import HTMLParser

from tests.support.har_files import asked, chat, entry, har
from viewer.comparison.folders.comparison import compare_folders
from viewer.comparison.folders.tree import tree_of
from viewer.display.folder_diff_page import folder_diff_page
from viewer.files.folders import members
from viewer.redaction import Redaction

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m"


class Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.names = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]


def test_the_page_shows_everything_and_nothing_of_it_as_html(tmp_path):
    trees = []
    for folder, text, temperature in (("a", "Hello.", 0), ("b", HOSTILE, 1)):
        (tmp_path / folder).mkdir()
        for n in range(60):
            request = asked(**{f"setting{n}": temperature, HOSTILE: temperature})
            (tmp_path / folder / f"{n:02}.har").write_bytes(har(entry(request, chat(f"{n} {text}"))))
        trees.append(tree_of(folder, members(tmp_path / folder)))
    page = folder_diff_page(compare_folders(*trees, Redaction()))
    assert Tags(page).names.isdisjoint({"script", "img", "iframe", "link"})
    assert "\x1b" not in page
    assert "script-src" not in page
    assert "default-src 'none'" in page
    assert all(f"<code>setting{n}</code>" in page for n in range(60))
    assert len(re.findall("<details>", page)) == 60
    assert "<ins>+ 7 &lt;script&gt;" in page
