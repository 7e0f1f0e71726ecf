"""The variables from which SDKs read their base URL, and what a program gets in them while it is recorded.

The recorder forwards to the host of an address. Its path stays in the variable: OPENAI_BASE_URL=https://openrouter.ai/api/v1 becomes
http://127.0.0.1:PORT/openai/api/v1, below which the SDK requests the same paths as before.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from viewer.playback.listening import HOST, http_address
from viewer.recorder.upstreams import base_url, is_address


class Variable(NamedTuple):
    """A variable of the environment that some SDK reads."""

    name: str
    upstream: str
    """What the upstream is called."""
    default: str
    """What the SDK uses if the variable is not set. "" if that depends on an account: then it is used only if it is set."""


# AWS_ENDPOINT_URL_BEDROCK_RUNTIME is missing on purpose: a signature of AWS covers the host that the client connects to, and boto3 sends
# a bearer key only to https addresses.
# Read in the source of: openai 3.57 (lib/_client_auth.py, lib/azure.py), anthropic 2.14 (_client.py, lib/vertex, lib/foundry),
# google-genai 3.6 (_base_url.py), ollama 0.6 (_client.py), cohere 7.3 (client_v2.py), groq 1.7, together 3.1, cerebras_cloud_sdk 1.91,
# fireworks-ai 1.2 (_client.py of each), replicate 1.0 (client.py), litellm 1.110 (main.py, llms/), langchain-openai 1.7 and
# langchain-anthropic 1.7 (chat_models); of npm: openai 6.49, @anthropic-ai/sdk 1.14,
# groq-sdk 1.6, together-ai 0.52 (client.js of each), @google/genai 2.32, @ai-sdk/openai 3.0.
VARIABLES = (
    Variable("OPENAI_BASE_URL", "openai", "https://api.openai.com/v1"),
    # LangChain and LiteLLM.
    Variable("OPENAI_API_BASE", "openai", "https://api.openai.com/v1"),
    Variable("AZURE_OPENAI_ENDPOINT", "azure", ""),
    Variable("AZURE_API_BASE", "azure", ""),
    Variable("ANTHROPIC_BASE_URL", "anthropic", "https://api.anthropic.com"),
    Variable("ANTHROPIC_VERTEX_BASE_URL", "vertex", ""),
    Variable("ANTHROPIC_FOUNDRY_BASE_URL", "azure", ""),
    Variable("GOOGLE_GEMINI_BASE_URL", "google", "https://generativelanguage.googleapis.com"),
    Variable("GOOGLE_VERTEX_BASE_URL", "vertex", ""),
    Variable("OLLAMA_HOST", "ollama", "http://127.0.0.1:11434"),
    Variable("CO_API_URL", "cohere", "https://api.cohere.com"),
    Variable("GROQ_BASE_URL", "groq", "https://api.groq.com"),
    Variable("TOGETHER_BASE_URL", "together", "https://api.together.ai"),
    Variable("CEREBRAS_BASE_URL", "cerebras", "https://api.cerebras.ai"),
    Variable("FIREWORKS_BASE_URL", "fireworks", "https://api.fireworks.ai"),
    Variable("REPLICATE_BASE_URL", "replicate", "https://api.replicate.com"),
    # LiteLLM alone.
    Variable("GROQ_API_BASE", "groq", "https://api.groq.com/openai/v1"),
    Variable("CEREBRAS_API_BASE", "cerebras", "https://api.cerebras.ai/v1"),
    Variable("TOGETHER_AI_API_BASE", "together", "https://api.together.ai/v1"),
    Variable("GEMINI_API_BASE", "google", "https://generativelanguage.googleapis.com/v1beta"),
    # It is used for Mistral itself too.
    Variable("MISTRAL_AZURE_API_BASE", "mistral", "https://api.mistral.ai/v1"),
    Variable("DEEPSEEK_API_BASE", "deepseek", "https://api.deepseek.com/beta"),
    Variable("XAI_API_BASE", "xai", "https://api.x.ai/v1"),
    Variable("OPENROUTER_API_BASE", "openrouter", "https://openrouter.ai/api/v1"),
    Variable("FIREWORKS_API_BASE", "fireworks", "https://api.fireworks.ai/inference/v1"),
    Variable("OLLAMA_API_BASE", "ollama", "http://127.0.0.1:11434"),
)
_PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
_OLLAMA_PORT = 11434


class Plan(NamedTuple):
    """What stands for which upstream while a program is recorded."""

    upstreams: dict[str, str]
    """Addresses by name, as `recorder_app` takes them."""
    paths: dict[str, str]
    """Of each variable, what follows the address of the recorder."""
    left: list[str]
    """The variables that hold something other than an http or https address. They stay as they are."""

    def environment(self, environ: Mapping[str, str], address: str) -> dict[str, str]:
        """Return an environment in which SDKs send their requests to a recorder that listens at an address."""
        changed = {name: address + path for name, path in self.paths.items()}
        for name in ("no_proxy", "NO_PROXY"):
            if any(environ.get(proxy) for proxy in _PROXIES):
                host = urlsplit(address).hostname or ""
                changed[name] = ",".join(filter(None, (environ.get(name), host)))
        return {**environ, **changed}


def plan_variables(environ: Mapping[str, str], given: Mapping[str, str]) -> Plan:
    """Decide what each variable will hold, and which upstreams that takes.

    Args:
        environ: the environment. What it sets is the upstream.
        given: upstreams that the user chose, by their names. They come first. One without a path gets that of the SDK.

    Raises:
        ValueError: an upstream without a name is not that of a known SDK. The message says what to do.
    """
    chosen = _named(given)
    upstreams: dict[str, str] = {}
    paths: dict[str, str] = {}
    left: list[str] = []
    for variable in VARIABLES:
        address = _address(variable, environ, chosen.get(variable.upstream, ""))
        if is_address(address):
            parts = urlsplit(address)
            origin = f"{parts.scheme}://{parts.netloc}"
            is_shared = upstreams.get(variable.upstream, origin) == origin
            name = variable.upstream if is_shared else variable.name.lower()
            upstreams[name] = origin
            paths[variable.name] = base_url("", name) + parts.path.rstrip("/")
        elif address:
            left.append(variable.name)
    known = {variable.upstream for variable in VARIABLES}
    upstreams.update({name: url for name, url in chosen.items() if name not in known})
    return Plan(upstreams, paths, left)


def _named(given: Mapping[str, str]) -> dict[str, str]:
    """Return upstreams by their names. One without a name gets that of the SDK whose host it has."""
    if "" not in given:
        return dict(given)
    host = urlsplit(given[""]).netloc.rpartition("@")[2]
    for variable in VARIABLES:
        if host == urlsplit(variable.default).netloc:
            return {variable.upstream: given[""]}
    raise ValueError(
        f"it is not known which SDK uses {host}. Give the upstream the name of the SDK, such as"
        f" --upstream openai={given['']}."
    )


def _address(variable: Variable, environ: Mapping[str, str], given: str) -> str:
    """Return the address that a variable stands for, or "" if there is none."""
    if given:
        return given if urlsplit(given).path.strip("/") else given.rstrip("/") + urlsplit(variable.default).path
    value = environ.get(variable.name, "")
    return (_ollama_address(value) if variable.name == "OLLAMA_HOST" else value) or variable.default


def _ollama_address(value: str) -> str:
    """Return the address that Ollama's clients derive from OLLAMA_HOST, such as from "0.0.0.0" or ":8080"."""
    if not value or "://" in value:
        return value
    try:
        parts = urlsplit(f"http://{value}")
        return http_address(parts.hostname or HOST, parts.port or _OLLAMA_PORT) + parts.path
    except ValueError:
        # Its port is none.
        return value
