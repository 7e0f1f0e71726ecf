"""The Streamlit app: one host of the core, and the only part that knows Streamlit."""
