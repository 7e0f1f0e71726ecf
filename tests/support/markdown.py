"""What a CommonMark reader, with the tables of GitHub, makes of a text."""

from markdown_it import MarkdownIt

READER = MarkdownIt("commonmark").enable("table")


def outside_of_code(text):
    """Return the text that the reader shows outside of code, and the HTML that it passes on."""
    shown, html = [], []
    for token in READER.parse(text):
        if token.type == "html_block":
            html.append(token.content)
        for child in token.children or ():
            if child.type == "html_inline":
                html.append(child.content)
            elif child.type != "code_inline":
                shown.append(child.content + "".join(map(str, child.attrs.values())))
    return "".join(shown), html
