"""One module for each provider protocol."""
