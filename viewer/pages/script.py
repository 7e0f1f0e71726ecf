"""The script that Streamlit runs for each session and each change."""

from viewer.pages.main import main

main()
