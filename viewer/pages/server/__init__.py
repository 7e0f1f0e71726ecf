"""What all sessions of one server share: limits, slots, cache, recordings and published pages."""
