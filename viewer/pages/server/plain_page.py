"""A page that needs neither Streamlit nor a script, for what has to be said before or instead of the app."""

from viewer.display.colours import css_variables
from viewer.text.html import escape

_STYLE = (
    css_variables(":root", ("text", "faint", "ground", "soft", "line"))
    + """
:root { color-scheme: light dark }
body { margin: 0; padding: 12vh 16px 48px; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 40em; margin: auto; overflow-wrap: anywhere }
h1 { margin: 0 0 12px; font-size: 24px; line-height: 1.3; font-weight: 600 }
code { font: 14px/1.5 ui-monospace, monospace }
dt { margin-top: 16px; color: var(--faint); font-size: 14px }
dd { margin: 4px 0 0 }
dd code { display: block; padding: 10px 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--soft); white-space: pre-wrap }
.note { color: var(--faint); font-size: 14px }
"""
)

# Any site may frame the page: it has nothing to click, and in a frame it must be seen too.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def plain_page(title: str, body: str) -> str:
    """Return a page. `body` is HTML in which the caller has escaped what others wrote; `title` is text."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body><main><h1>{escape(title)}</h1>{body}</main></body>
</html>
"""
