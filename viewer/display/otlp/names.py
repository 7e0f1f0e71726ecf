"""What OpenTelemetry calls providers and operations.

https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/registry/attributes/gen-ai.md lists the values.
"""

from viewer.protocols.provider import host_of

_PROVIDERS = {
    "aws-bedrock": "aws.bedrock",
    "google": "gcp.gemini",
    "google-vertex": "gcp.vertex_ai",
    "xai": "x_ai",
    "mistral": "mistral_ai",
}
# Hosts that the conventions name, but `provider_of` does not.
_HOSTS = {"ml.cloud.ibm.com": "ibm.watsonx.ai", "api.moonshot.ai": "moonshot_ai", "api.moonshot.cn": "moonshot_ai"}
_AZURE_OPENAI = ("openai.azure.com", "cognitiveservices.azure.com")
# The provider of each protocol, by the first word of its name. Protocols of frameworks and of traces do not belong to a provider.
_OWNERS = {
    **{
        name: name
        for name in ("anthropic", "cohere", "huggingface", "minimax", "ollama", "openai", "replicate", "sourcegraph")
    },
    "bedrock": "aws.bedrock",
    "chatgpt": "openai",
    "claude": "anthropic",
    "codex": "openai",
    "gemini": "gcp.gemini",
    "google": "gcp.gen_ai",
    "mistral": "mistral_ai",
    "watsonx": "ibm.watsonx.ai",
    "xai": "x_ai",
}
# A request to these is answered by an agent, which may call several models.
_AGENTS = frozenset(
    {
        *("a2a", "acp", "ag-ui", "bedrock-agent", "chatkit", "coze", "google-adk", "langgraph", "mastra"),
        "openai-assistants",
    }
)
INVOKE_AGENT, EXECUTE_TOOL = "invoke_agent", "execute_tool"
_OPERATIONS = {
    **dict.fromkeys(_AGENTS, INVOKE_AGENT),
    "gemini-generate": "generate_content",
    "openai-images": "generate_content",
    "openai-audio": "generate_content",
    "openai-completions": "text_completion",
    "anthropic-completions": "text_completion",
    "huggingface-tgi": "text_completion",
    "koboldcpp": "text_completion",
    "ollama-generate": "text_completion",
    "sourcegraph-completions": "text_completion",
    "watsonx": "text_completion",
}
UNKNOWN = "unknown"
"""The provider of a call whose host and protocol are both unknown. The conventions demand a value."""
NOT_MODELS = frozenset({"mcp-jsonrpc"})
"""Protocols of tools. What they carry is not a call of a model."""


def operation_name(protocol: str) -> str:
    """Return `gen_ai.operation.name`. A conversation is "chat", whatever the protocol calls it."""
    return _OPERATIONS.get(protocol, "chat")


def provider_name(provider: str | None, protocol: str, url: str) -> str:
    """Return `gen_ai.provider.name`.

    If the host is not a known provider, but a gateway or local, it is the provider whose protocol is spoken. The conventions allow
    that: the attribute says which flavour of telemetry it is, and `server.address` names the host.
    """
    host = host_of(url)
    for known, name in _HOSTS.items():
        if host.endswith(known):
            return name
    if provider == "azure":
        return "azure.ai.openai" if host.endswith(_AZURE_OPENAI) or "/openai/" in url else "azure.ai.inference"
    if provider and provider != host:
        return _PROVIDERS.get(provider, provider)
    return _OWNERS.get(protocol.partition("-")[0]) or host or UNKNOWN
