"""Write a recorded file again with other texts in it."""
