"""Mistral chat, agent and fill-in-the-middle completions: https://docs.mistral.ai/api/.

OpenAI's chunks with two more things in them: content may be a list of thinking and text parts, and a field `p` of random
length hides how long each delta is. Neither tells whose stream it is (short ones have neither, and anyone may serve
these models), so the host decides; without one the chunks are read just the same, as OpenAI's.
"""

from viewer.protocols import Sample
from viewer.protocols.dialects import openai_chat
from viewer.protocols.provider import provider_of
from viewer.types.formats import About

PROTOCOL = "mistral-chat"
ABOUT = About(PROTOCOL, "Mistral", "https://docs.mistral.ai/api/", "chat, agents and fill-in-the-middle")


def recognise(sample: Sample) -> int:
    """Look for chat chunks from Mistral's own host, and be a little surer of them than the protocol they are based on."""
    sureness = openai_chat.recognise(sample)
    if not sureness and sample.path.endswith(("/fim/completions", "/agents/completions")):
        sureness = 50
    return sureness + 5 if sureness and provider_of(sample.url, None) == "mistral" else 0


read = openai_chat.read
usage = openai_chat.usage
