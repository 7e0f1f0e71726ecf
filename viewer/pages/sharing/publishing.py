"""Publishing a page on this server: what that does, the address, and how to take it back."""

import time
from urllib.parse import urlsplit

import streamlit as st

from viewer.display.nodes import node
from viewer.pages.parts.sheet import sheet
from viewer.pages.server.share_routes import share_path
from viewer.pages.server.shares import Share, ShareStore, share_store
from viewer.pages.sharing.link import show_link
from viewer.pages.sharing.outputs import Shared, page
from viewer.redaction.cassette import Redaction
from viewer.types.problems import CassetteError

_EXPIRIES = {"1 day": 86_400.0, "7 days": 604_800.0, "30 days": 2_592_000.0, "until deleted": None}
_PUBLISHED_KEY = "published"
_WHAT_IT_DOES = (
    "Publishing puts the page from the preview on this server under an address that cannot be guessed. Anyone who has the address and"
    " reaches this server can read it, without a password. Secrets that were found are removed. You can delete it here until you"
    " close this tab; after that it stays for the time you choose."
)
_NO_STORE = "Publishing is off on this server. Whoever runs it can turn it on with VIEWER_SHARES=FOLDER."


def show_publishing(shared: Shared, options: Redaction) -> None:
    """Offer to publish the page, and list what this session has published."""
    sheet([node("h2", "", "Publish")], key="share_publish_title")
    store = share_store()
    if store is None:
        sheet([node("p", "note", _NO_STORE)], key="share_no_store")
        return
    sheet([node("p", "note", _WHAT_IT_DOES)], key="share_what")
    with st.container(key="share_publish", horizontal=True, vertical_alignment="bottom"):
        expiry = st.selectbox("Delete it after", list(_EXPIRIES), key="share_expiry", width=180)
        is_asked = st.button("Publish", key="publish", type="primary")
    if is_asked:
        _publish(store, shared, options, expiry or "1 day")
    for identity, name in st.session_state.get(_PUBLISHED_KEY, []):
        share = store.find(identity)
        if share is not None:
            _show_published(store, share, name)


def _publish(store: ShareStore, shared: Shared, options: Redaction, expiry: str) -> None:
    store.sweep()
    try:
        with st.spinner("Writing the page and checking it for secrets"):
            written = page(shared, options)
    except CassetteError as error:
        sheet(
            [node("div", {"class": "problem error", "role": "alert"}, node("p", "", f"Not published: {error}"))],
            key="not_published",
        )
        return
    identity = store.publish(written, _EXPIRIES[expiry])
    st.session_state.setdefault(_PUBLISHED_KEY, []).insert(0, (identity, shared.recording.name))


def _show_published(store: ShareStore, share: Share, name: str) -> None:
    what = f"Published: {name} · {share.size_bytes / 1e6:,.1f} MB · {_lasts(share)}"
    sheet([node("p", "verdict", what)], key=f"published/{share.id}")
    with st.container(key=f"published_row/{share.id}", horizontal=True, vertical_alignment="center"):
        _show_address(store, share, name)


def _show_address(store: ShareStore, share: Share, name: str) -> None:
    show_link(
        f"Address of {name}", f"published_link/{share.id}", f"{_server_address()}{share_path(share.id)}", opens=True
    )
    st.button(
        "Delete",
        key=f"delete/{share.id}",
        help="Nobody can open the address any more.",
        on_click=_delete,
        args=(store, share.id),
    )


def _delete(store: ShareStore, identity: str) -> None:
    store.delete(identity)


def _lasts(share: Share) -> str:
    if share.expires_s is None:
        return "stays until you delete it"
    return f"gone on {time.strftime('%Y-%m-%d at %H:%M UTC', time.gmtime(share.expires_s))}"


def _server_address() -> str:
    """Return the address of this server that the browser uses."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}"
