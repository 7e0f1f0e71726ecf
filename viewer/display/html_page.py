"""A standalone HTML page, which runs its own script and no other."""

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any

from viewer.text.html import escape


def html_page(title: str, body: str, *, style: str, script: str, data: Any) -> str:
    """Return a page with a style, an ES module, and the data that the module reads from the element `data`.

    `body` is HTML in which the caller has escaped recorded text. The content security policy allows this script and this style by
    their hashes, so no other script runs and nothing is fetched, whatever the data contain (https://www.w3.org/TR/CSP3/).
    """
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )
    scripts = f"""
<script type="application/json" id="data">{_in_script(data)}</script>
<script type="module">{script}</script>"""
    return _page(title, f"{body}{scripts}", style, policy)


def static_page(title: str, body: str, *, style: str) -> str:
    """Return a page without a script. `body` is HTML in which the caller has escaped recorded text."""
    policy = f"default-src 'none'; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    return _page(title, body, style, policy)


def _page(title: str, body: str, style: str, policy: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _hash(source: str) -> str:
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"


def _in_script(data: Any) -> str:
    """Return data as JSON that cannot end its script element (https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements)."""
    return json.dumps(data, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
