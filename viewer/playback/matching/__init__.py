"""Which recorded interactions answer a request, and which is nearest if none does."""
