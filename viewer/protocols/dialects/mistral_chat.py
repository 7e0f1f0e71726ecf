"""Mistral chat, agent and fill-in-the-middle completions: https://docs.mistral.ai/api/.

The chunks are OpenAI's with two additions: content may be a list of thinking and text parts, and a field `p` of random length
hides the length of each delta. Neither identifies Mistral, since short streams have neither and anyone may serve these
models. So the host decides. Without a host the chunks are read the same way, as OpenAI's.
"""

from viewer.protocols import Sample
from viewer.protocols.chat_completions import usage as chat_usage
from viewer.protocols.dialects import openai_chat
from viewer.protocols.provider import provider_of
from viewer.types.formats import About

PROTOCOL = "mistral-chat"
ABOUT = About(PROTOCOL, "Mistral", "https://docs.mistral.ai/api/", "chat, agents and fill-in-the-middle")


def recognise(sample: Sample) -> int:
    """Look for chat chunks from Mistral's own host. Be slightly surer of them than OpenAI's protocol is."""
    confidence = openai_chat.recognise(sample)
    if not confidence and sample.path.endswith(("/fim/completions", "/agents/completions")):
        confidence = 50
    return confidence + 5 if confidence and provider_of(sample.url, None) == "mistral" else 0


read = openai_chat.read
usage = chat_usage.usage
