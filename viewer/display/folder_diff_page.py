"""A comparison of folders as one HTML page, with all that a comment has no room for."""

from collections.abc import Iterator

from viewer.comparison.diff_lines import DiffLines
from viewer.comparison.folders.comparison import FolderComparison
from viewer.comparison.folders.outline import Detail, FileDetails, Line, Table, outline
from viewer.display.colours import css_variables
from viewer.display.html_page import static_page
from viewer.text.html import escape
from viewer.text.safe import visible, visible_line
from viewer.text.words import counted

_STYLE = (
    css_variables(":root", ("error", "text", "faint", "ground", "soft", "line"))
    + """
:root { color-scheme: light dark; }
body { color: var(--text); background: var(--ground); font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.3rem; margin-bottom: .25rem; } h2 { font-size: 1rem; margin: 2rem 0 .4rem; }
p { margin: .25rem 0; } .sides, .note { color: var(--faint); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--faint); }
code, pre { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
td code { overflow-wrap: break-word; }
pre { white-space: pre-wrap; margin: .3rem 0 .6rem 1.5rem; padding: .4rem .6rem; border-radius: 4px; background: var(--soft); }
del, ins { text-decoration: none; display: block; }
del { color: var(--error); } ins { color: light-dark(#0a5c2b, #56d364); }
details { border-bottom: 1px solid var(--line); padding: .35rem 0; } summary { cursor: pointer; }
.change { margin-left: 1.5rem; } .interaction { margin-top: .5rem; font-weight: 600; }
"""
)


def folder_diff_page(comparison: FolderComparison) -> str:
    """Return a comparison as a page that runs no script and fetches nothing. Raise `CassetteError` as `checked` does."""
    body = comparison.checked("\n".join(_body(comparison)))
    return static_page("Differences between recordings", body, style=_STYLE)


def _body(comparison: FolderComparison) -> Iterator[str]:
    shown = outline(comparison)
    yield f"<h1>{_text(shown.verdict)}</h1>"
    yield f'<p class="sides">A: <code>{_text(comparison.left)}</code>, B: <code>{_text(comparison.right)}</code></p>'
    yield f"<p>{_text(' '.join(shown.sentences))}</p>"
    for table in shown.tables:
        yield from _table(table)
    if shown.files:
        yield "<h2>Files, most telling first</h2>"
    for file in shown.files:
        yield from _file(file)
    if shown.shared_only:
        yield f'<p class="note">{counted(shown.shared_only, "more file")} with nothing but changes that the tables list.</p>'


def _table(table: Table) -> Iterator[str]:
    yield f'<h2>{_text(table.title)}</h2><div class="wide"><table>'
    yield f"<tr>{''.join(f'<th>{_text(cell)}</th>' for cell in table.header)}</tr>"
    for row in table.rows:
        yield f"<tr>{''.join(f'<td>{_line(cell)}</td>' for cell in row)}</tr>"
    yield "</table></div>"
    if table.note:
        yield f'<p class="note">{_text(table.note)}</p>'


def _file(file: FileDetails) -> Iterator[str]:
    yield f"<details><summary>{_line(file.title)}</summary>"
    for detail in file.details:
        yield from _detail(detail)
    yield "</details>"


def _detail(detail: Detail) -> Iterator[str]:
    yield f'<p class="{"interaction" if detail.is_heading else "change"}">{_line(detail.line)}</p>'
    if detail.lines and detail.lines.lines:
        yield f"<pre>{_diff(detail.lines)}</pre>"
    if detail.lines and detail.lines.left_out:
        yield f'<p class="change note">{detail.lines.left_out:,} more lines differ.</p>'


def _diff(lines: DiffLines) -> str:
    tags = {"-": "del", "+": "ins"}
    written = []
    for line in lines.lines:
        tag = tags.get(line.mark, "span")
        written.append(f"<{tag}>{line.mark} {escape(visible(line.text))}</{tag}>" + "\n" * (tag == "span"))
    return "".join(written)


def _line(line: Line) -> str:
    return "".join(_text(part) if isinstance(part, str) else f"<code>{_text(part.text)}</code>" for part in line)


def _text(text: str) -> str:
    return escape(visible_line(text))
