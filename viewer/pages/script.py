"""The script that Streamlit runs for each session and each change."""

# Streamlit runs it as the main program. A process that it starts imports it under another name, and needs no page.
if __name__ == "__main__":
    from viewer.pages.main import main

    main()
