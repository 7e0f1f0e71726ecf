"""Which SDK reads which recorded stream."""

from collections.abc import Callable

from tests.support.judges.sdks import (
    anthropic_sdk,
    aws_sdk,
    cohere_sdk,
    google_sdk,
    mistral_sdk,
    ollama_sdk,
    openai_sdk,
)
from tests.support.judges.sdks.heard import Heard
from tests.support.judges.sdks.recorded import Recorded

Reader = Callable[[Recorded], Heard]


def _invoke(recorded: Recorded) -> Heard:
    """Read InvokeModel with Anthropic's SDK if it is Anthropic's Messages API, else with that of AWS."""
    is_messages = "anthropic" in recorded.path and "messages" in recorded.json
    return (anthropic_sdk.bedrock if is_messages else aws_sdk.invoke)(recorded)


READERS: dict[str, Reader] = {
    "anthropic-messages": anthropic_sdk.messages,
    "bedrock-agent": aws_sdk.agent,
    "bedrock-converse-stream": aws_sdk.converse,
    "bedrock-invoke-stream": _invoke,
    "cohere-v2": cohere_sdk.chat,
    "gemini-generate": google_sdk.generate,
    "gemini-interactions": google_sdk.interactions,
    "mistral-chat": mistral_sdk.chat,
    "ollama-chat": ollama_sdk.chat,
    "ollama-generate": ollama_sdk.generate,
    "openai-assistants": openai_sdk.assistants,
    "openai-audio": openai_sdk.transcriptions,
    "openai-chat": openai_sdk.chat,
    "openai-completions": openai_sdk.completions,
    "openai-responses": openai_sdk.responses,
}
"""By the name of the protocol."""
