"""The page of many recordings."""
