# The viewer in a container. docs/hosting.md says how to run it and where.
FROM python:3.13-slim

# As an ordinary user, with the id that Hugging Face requires.
RUN useradd --create-home --uid 1000 viewer
WORKDIR /app

# The tests that packages bring along are an eighth of the image.
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt brotli zstandard \
    && find /usr/local/lib/python3*/site-packages -depth -type d -name tests -exec rm -rf {} +
COPY . ./

# Hosts other than localhost are refused until STREAMLIT_SERVER_ALLOWED_HOSTS names them. Recordings are mounted at /cassettes.
ENV STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none \
    VIEWER_LIBRARY=/cassettes
RUN mkdir /cassettes
USER viewer
EXPOSE 8501
HEALTHCHECK --start-period=30s --timeout=5s CMD ["python", "-c", "import os, urllib.request; path = os.environ.get('STREAMLIT_SERVER_BASE_URL_PATH', '').strip('/'); urllib.request.urlopen('/'.join(filter(None, ['http://127.0.0.1:' + os.environ['STREAMLIT_SERVER_PORT'], path, '_stcore/health'])))"]
CMD ["streamlit", "run", "app.py"]
