"""File syntaxes that recorders write."""
