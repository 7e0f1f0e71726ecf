"""The page that compares recordings."""
