"""Export of the calls of models as OpenTelemetry data, in the JSON of OTLP/HTTP.

The names follow the conventions for generative AI (https://github.com/open-telemetry/semantic-conventions-genai), the encoding
https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. docs/otlp.md says how times that are not recorded are treated.
"""

from viewer.display.otlp.records import otlp_records
from viewer.display.otlp.spans import has_spans, otlp_spans

__all__ = ["has_spans", "otlp_records", "otlp_spans"]
