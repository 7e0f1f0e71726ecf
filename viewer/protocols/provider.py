"""Which provider answered, told by host, else by the model's name."""

import re
from urllib.parse import unquote, urlsplit

_BEDROCK_MODEL = re.compile(r"/model/([^/?]+)/(?:converse|invoke)")

_HOSTS = {
    "api.openai.com": "openai",
    "openai.azure.com": "azure",
    "services.ai.azure.com": "azure",
    "cognitiveservices.azure.com": "azure",
    "api.x.ai": "xai",
    "api.anthropic.com": "anthropic",
    "generativelanguage.googleapis.com": "google",
    "aiplatform.googleapis.com": "google-vertex",
    "amazonaws.com": "aws-bedrock",
    "openrouter.ai": "openrouter",
    "api.groq.com": "groq",
    "api.deepseek.com": "deepseek",
    "api.mistral.ai": "mistral",
    "api.cohere.com": "cohere",
    "api.cohere.ai": "cohere",
    "api.perplexity.ai": "perplexity",
    "api.cerebras.ai": "cerebras",
    "api.together.xyz": "together",
    "api.fireworks.ai": "fireworks",
    "api.z.ai": "z.ai",
    "router.huggingface.co": "huggingface",
    "ai-gateway.vercel.sh": "vercel",
    "ollama.com": "ollama",
}

_MODELS = {
    "grok": "xai",
    "gpt-": "openai",
    "o1": "openai",
    "o3": "openai",
    "o4": "openai",
    "chatgpt": "openai",
    "claude": "anthropic",
    "gemini": "google",
    "deepseek-": "deepseek",
    "mistral-": "mistral",
    "magistral": "mistral",
    "command-": "cohere",
    "sonar": "perplexity",
}


def host_of(url: str) -> str:
    """Return the host of a URL in lower case; "" where there is none or the URL is broken."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def model_of(url: str) -> str | None:
    """Return the model that a URL names: Bedrock's models do not say who they are."""
    match = _BEDROCK_MODEL.search(url)
    return unquote(match[1]) if match else None


def provider_of(url: str, model: str | None) -> str | None:
    """Return the provider's short name; the host decides, since one model is served by many. None where unknown."""
    host = host_of(url)
    for known, provider in _HOSTS.items():
        if host == known or host.endswith((f".{known}", f"-{known}")):
            return provider
    if host:
        return host
    name = (model or "").lower()
    return next((provider for prefix, provider in _MODELS.items() if name.startswith(prefix)), None)
