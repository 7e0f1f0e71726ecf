"""One module a recorder, found by what is in this folder."""
