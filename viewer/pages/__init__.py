"""The Streamlit app. Only this package knows Streamlit."""
