"""The calls of models in a cassette, with what OpenTelemetry says of each."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from viewer.conversation.agent import Call, calls_of
from viewer.conversation.call_times import LACKS_SOURCE, DecodedInteraction, decoded_interactions, recorded_starts
from viewer.conversation.conversation import Conversation, conversation_of
from viewer.conversation.messages import RepeatedMessages
from viewer.conversation.requests import model_asked_for
from viewer.display.otlp.names import INVOKE_AGENT, NOT_MODELS, operation_name, provider_name
from viewer.display.otlp.parameters import parameter_attributes
from viewer.display.otlp.response_id import response_id
from viewer.display.otlp.times import Interval, call_interval, session_interval
from viewer.protocols.provider import provider_of
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.http import Interaction
from viewer.types.usage import Usage

_PORTS = {"https": 443, "http": 80, "wss": 443, "ws": 80}
_EXACT = ("measured", "stamped")


@dataclass(frozen=True, slots=True, eq=False)
class ModelCall:
    """One call of a model."""

    call: Call
    decoded: DecodedInteraction
    conversation: Conversation
    interval: Interval | None
    """None if its start is not recorded."""
    no_start: str
    """Why its start is not recorded; "" if it is."""

    @property
    def index(self) -> int:
        """Its index into `cassette.interactions`."""
        return self.call.interaction

    @property
    def name(self) -> str:
        """The name of its span: the operation and the model that was asked for, or that answered.

        The conventions name an agent in place of the model, but its protocol does not say its name.
        """
        operation = operation_name(self.protocol)
        if operation == INVOKE_AGENT:
            return operation
        return f"{operation} {model_asked_for(self.decoded.interaction.request) or self.call.model or ''}".strip()

    @property
    def protocol(self) -> str:
        """The protocol of its response; "" if it is not known."""
        return self.decoded.reply.protocol if self.decoded.reply else ""

    @property
    def provider(self) -> str:
        """`gen_ai.provider.name`."""
        reply, url = self.decoded.reply, self.decoded.interaction.request.url
        known = reply.provider if reply else provider_of(url, self.call.model)
        return provider_name(known, self.protocol, url)


def model_calls(cassette: Cassette) -> list[ModelCall]:
    """Return the calls of models in the order of `calls_of`. Other requests are left out."""
    decoded = decoded_interactions(cassette)
    source, starts = recorded_starts(decoded)
    places = cassette.session.stamped_calls if cassette.session else ()
    # Two clocks are never mixed: if the program of a session wrote times, they are the only ones.
    by_program = any(place.given for place in places)
    read_message = RepeatedMessages()
    found: list[ModelCall] = []
    for call in calls_of(cassette):
        index, one = call.interaction, decoded[call.interaction]
        conversation = conversation_of(one.interaction, one.reply, read_message)
        if not _is_of_model(one, conversation):
            continue
        if by_program:
            interval = session_interval(places[index]) if index < len(places) else None
            no_start = f"{LACKS_SOURCE}: the program's time of what it answers"
        else:
            interval = call_interval(one, starts[index], source)
            no_start = f"{LACKS_SOURCE}: {source}" if any(starts) else source
        found.append(ModelCall(call, one, conversation, interval, "" if interval else no_start))
    return found


def call_attributes(one: ModelCall) -> dict[str, Any]:
    """Return what the conventions say of a call, without its texts."""
    interaction, reply, call = one.decoded.interaction, one.decoded.reply, one.call
    stream = reply if isinstance(reply, Stream) else None
    asked_for = model_asked_for(interaction.request)
    return {
        "gen_ai.operation.name": operation_name(one.protocol),
        "gen_ai.provider.name": one.provider,
        "gen_ai.request.model": asked_for or None,
        # Gemini's URL asks for a stream, not its body.
        "gen_ai.request.stream": True if stream else None,
        **parameter_attributes(one.conversation.parameters),
        "gen_ai.response.id": response_id(interaction, reply),
        "gen_ai.response.model": reply.model if reply and reply.model else None,
        "gen_ai.response.finish_reasons": [call.finish_reason] if call.finish_reason else None,
        "gen_ai.response.time_to_first_chunk": _time_to_first_chunk(stream) if stream else None,
        **(_usage_attributes(reply.usage) if reply and reply.usage else {}),
        **_server(interaction),
        "http.response.status_code": call.status,
        "error.type": _error_type(one),
        "cassette.interaction": call.interaction,
        "cassette.protocol": one.protocol or None,
    }


def _is_of_model(one: DecodedInteraction, conversation: Conversation) -> bool:
    protocol = one.reply.protocol if one.reply else ""
    if protocol in NOT_MODELS:
        return False
    return protocol not in ("", "generic") or conversation.readable or bool(one.reply and one.reply.model)


def _usage_attributes(usage: Usage) -> dict[str, int | None]:
    return {
        "gen_ai.usage.input_tokens": usage.input,
        "gen_ai.usage.output_tokens": usage.output,
        "gen_ai.usage.reasoning.output_tokens": usage.reasoning,
        "gen_ai.usage.cache_read.input_tokens": usage.cache_read,
        "gen_ai.usage.cache_creation.input_tokens": usage.cache_write,
        "gen_ai.usage.audio.input_tokens": usage.audio_input,
        "gen_ai.usage.audio.output_tokens": usage.audio_output,
        "gen_ai.usage.image.input_tokens": usage.image_input,
        "gen_ai.usage.video.input_tokens": usage.video_input,
    }


def _time_to_first_chunk(stream: Stream) -> float | None:
    """Return the seconds from the request to the first chunk, if the recording holds them and not only bounds."""
    lead = stream.timing.lead
    return lead.value if lead.grade in _EXACT else None


def _server(interaction: Interaction) -> dict[str, Any]:
    try:
        url = urlsplit(interaction.request.url)
        host, port = url.hostname, url.port or _PORTS.get(url.scheme.lower())
    except ValueError:
        return {}
    return {"server.address": host, "server.port": port} if host else {}


def _error_type(one: ModelCall) -> str | None:
    """Return a short name of the error: the provider's code or type, else the HTTP status."""
    if not one.call.error:
        return None
    error = one.decoded.reply.error if one.decoded.reply else None
    # Gemini's code is the HTTP status, and its type the name.
    names = [error.code, error.type] if error else []
    return next((name for name in names if name and not name.isdecimal()), str(one.call.status or "_OTHER"))
