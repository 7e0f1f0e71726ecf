"""Which provider answered, recognised by the host or, without one, by the name of the model."""

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
    """Return the host of a URL in lower case, or "" if it has none or is invalid."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def model_of(url: str) -> str | None:
    """Return the model that a Bedrock URL names, since Bedrock's events do not."""
    match = _BEDROCK_MODEL.search(url)
    return unquote(match[1]) if match else None


def provider_of(url: str, model: str | None) -> str | None:
    """Return the short name of the provider, or None if it is unknown. The host decides: many providers serve the same model."""
    host = host_of(url)
    for known, provider in _HOSTS.items():
        if host == known or host.endswith((f".{known}", f"-{known}")):
            return provider
    if host:
        return host
    name = (model or "").lower()
    return next((provider for prefix, provider in _MODELS.items() if name.startswith(prefix)), None)
