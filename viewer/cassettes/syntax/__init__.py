"""Parsers for the file syntaxes that recorders write. Each keeps what comes before a break in the file."""
