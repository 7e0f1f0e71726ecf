"""The plain values that every room passes on."""
