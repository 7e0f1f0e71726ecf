"""The Streamlit app: `streamlit run app.py`."""

from viewer.pages.main import main

main()
