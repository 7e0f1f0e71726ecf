"""One module a provider protocol, found by what is in this folder."""
