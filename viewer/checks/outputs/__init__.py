"""How violations are written: one module for each form."""
