"""A session of an agent as rows, words and tracks, for the page, the report, the terminal and notebooks."""
