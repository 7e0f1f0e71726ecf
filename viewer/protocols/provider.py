"""Which provider answered, recognised by the host or, without one, by the name of the model."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

_BEDROCK_MODEL = re.compile(r"/model/([^?]+)/(?:converse|invoke)")
_BEDROCK_ARN = re.compile(r"arn:[^/]*:bedrock:[^/]*:(?:foundation-model|(?:system-defined-)?inference-profile)/(.+)")
_GOOGLE_RESOURCE = re.compile(r"(?:.*/)?(?:publishers/[^/]+/)?models/([^/]+)")

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
    "api.aws": "aws-bedrock",
    "openrouter.ai": "openrouter",
    "api.groq.com": "groq",
    "api.deepseek.com": "deepseek",
    "api.mistral.ai": "mistral",
    "api.cohere.com": "cohere",
    "api.cohere.ai": "cohere",
    "api.perplexity.ai": "perplexity",
    "api.cerebras.ai": "cerebras",
    "api.together.xyz": "together",
    "api.together.ai": "together",
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


_LITELLM_NAMES = {
    "google": ("gemini",),
    "google-vertex": ("vertex_ai",),
    "aws-bedrock": ("bedrock",),
    "together": ("together_ai",),
    "fireworks": ("fireworks_ai",),
}
"""The names that LiteLLM writes before a model, if they are not ours: https://docs.litellm.ai/docs/providers."""


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


def price_names(model: str, *providers: str) -> Iterator[str]:
    """Yield the names by which a price list may know a model of a provider, who may have several names itself.

    The recorded name comes first. Then comes the same name without what says only where the model is: a resource of Google's or
    Bedrock's, or the name of this provider, as LiteLLM writes it.
    """
    yield model
    resource = _GOOGLE_RESOURCE.fullmatch(model) if providers[0].startswith("google") else _BEDROCK_ARN.fullmatch(model)
    name = resource[1] if resource else model
    if resource:
        yield name
    owner, _, rest = name.partition("/")
    if rest and owner.lower() in {*providers, *_LITELLM_NAMES.get(providers[0], ())}:
        yield rest


def provider_of(url: str, model: str | None, named: str | None = None) -> str | None:
    """Return the short name of the provider, or None if it is unknown. The host decides: many providers serve the same model.

    `named` is the provider that the response names, if it names one.
    """
    host = host_of(url)
    for known, provider in _HOSTS.items():
        if host == known or host.endswith((f".{known}", f"-{known}")):
            return provider
    if host:
        return host
    if named:
        return named
    name = (model or "").lower().removeprefix("models/")
    return next((provider for prefix, provider in _MODELS.items() if name.startswith(prefix)), None)
