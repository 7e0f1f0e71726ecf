"""The page of `record --follow`: what passes, as it comes."""
