"""What one server gives to all who use it."""
