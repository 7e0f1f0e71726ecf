"""Reading and writing values as text, safely."""
