"""Names of files and folders that are obviously not recordings, so that nobody opens them to find out."""

from pathlib import PurePosixPath

_SUFFIXES = frozenset(
    [
        ".md",
        ".rst",
        ".adoc",
        ".html",
        ".htm",
        ".css",
        ".pdf",
        ".ipynb",
        ".csv",
        ".tsv",
        ".parquet",
        ".lock",
        ".py",
        ".pyi",
        ".pyc",
        ".rb",
        ".go",
        ".rs",
        ".java",
        ".kt",
        ".cs",
        ".swift",
        ".php",
        ".ts",
        ".tsx",
        ".jsx",
        ".mjs",
        ".cjs",
        ".sh",
        ".ps1",
        ".bat",
        ".c",
        ".h",
        ".cpp",
        ".so",
        ".dll",
        ".exe",
        ".jar",
        ".whl",
        ".class",
        ".o",
        ".a",
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".webp",
        ".svg",
        ".ico",
        ".bmp",
        ".tiff",
        ".mp3",
        ".wav",
        ".ogg",
        ".mp4",
        ".webm",
        ".mov",
        ".woff",
        ".woff2",
        ".ttf",
        ".otf",
        ".pem",
        ".crt",
        ".key",
        ".sqlite",
        ".db",
    ]
)
_NAMES = frozenset(
    [
        "readme",
        "readme.txt",
        "license",
        "license.txt",
        "copying",
        "notice",
        "changelog",
        "makefile",
        "dockerfile",
        "gemfile",
        "package.json",
        "package-lock.json",
        "tsconfig.json",
        "pyproject.toml",
        "cargo.toml",
        "composer.json",
        "requirements.txt",
        "thumbs.db",
        "desktop.ini",
    ]
)
_FOLDERS = frozenset({"node_modules", "__pycache__", "__MACOSX", "venv"})


def reason_to_skip(name: str, *, is_folder: bool = False) -> str:
    """Return why a file or folder of this name is obviously not a recording, or "" if that is not obvious."""
    if name.startswith("."):
        return "hidden"
    if is_folder:
        return "a folder of installed packages" if name in _FOLDERS else ""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _SUFFIXES or name.lower() in _NAMES:
        return f"not a recording ({suffix or name})"
    return ""


def reason_to_skip_path(path: str) -> str:
    """Return why a file at this path is obviously not a recording, or "" if that is not obvious."""
    *folders, name = path.split("/")
    reasons = [reason_to_skip(folder, is_folder=True) for folder in folders if folder not in ("", ".", "..")]
    return next((reason for reason in reasons if reason), reason_to_skip(name))
