"""Patterns of secrets: tokens that are recognised by their first characters, in any text."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretPattern:
    """One kind of secret."""

    rule: str
    anchors: tuple[str, ...]
    """Every match contains one of these. They are searched first, because that is faster and rules out nearly every text."""
    expression: re.Pattern[str]
    """Its first group is the secret. Without a group, the whole match is."""
    anchored: bool = True
    """Whether a match begins with its anchor."""
    is_token: bool = False
    """Whether the anchor is the beginning of the secret itself."""


def _token(rule: str, *anchors: str, rest: str) -> SecretPattern:
    """Return the pattern of a token that begins with one of the anchors, but not in the middle of a word."""
    begin = "|".join(map(re.escape, anchors))
    return SecretPattern(rule, anchors, re.compile(rf"(?<![A-Za-z0-9])(?:{begin}){rest}"), is_token=True)


_MIXED = r"(?=[A-Za-z0-9._~+/=-]*[0-9])"
_PARAMETERS = (
    "X-Amz-Signature=",
    "X-Amz-Credential=",
    "X-Amz-Security-Token=",
    "X-Goog-Signature=",
    "X-Goog-Credential=",
    "sig=",
    "access_token=",
    "refresh_token=",
    "id_token=",
    "client_secret=",
    "api_key=",
    "apikey=",
    "api-key=",
    "password=",
)
_KEY_HEADERS = tuple(
    spelled
    for name in ("x-api-key", "api-key", "x-goog-api-key", "x-auth-token")
    for spelled in (name, name.title(), name.upper())
)

PATTERNS: tuple[SecretPattern, ...] = (
    _token("anthropic-key", "sk-ant-", rest=r"[A-Za-z0-9_-]{16,}"),
    _token("openrouter-key", "sk-or-", rest=r"[A-Za-z0-9_-]{16,}"),
    _token("openai-key", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-", rest=r"[A-Za-z0-9_-]{16,}"),
    # Used by many services. Names of CSS classes and files begin like this too, but have few digits.
    _token("sk-key", "sk-", rest=r"(?:(?=(?:[A-Za-z_-]{0,60}+[0-9]){3})[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{20,})"),
    _token("openai-ephemeral-key", "ek_", rest=r"[A-Za-z0-9]{20,}"),
    _token("groq-key", "gsk_", rest=r"[A-Za-z0-9]{20,}"),
    _token("xai-key", "xai-", rest=r"[A-Za-z0-9]{20,}"),
    _token("google-key", "AIza", rest=r"[A-Za-z0-9_-]{30,}"),
    _token("google-oauth", "ya29.", "GOCSPX-", rest=r"[A-Za-z0-9_-]{20,}"),
    _token("hugging-face-token", "hf_", rest=r"[A-Za-z0-9]{20,}"),
    _token("replicate-token", "r8_", rest=r"[A-Za-z0-9]{20,}"),
    _token("perplexity-key", "pplx-", rest=r"[A-Za-z0-9]{20,}"),
    _token("cerebras-key", "csk-", rest=r"[A-Za-z0-9]{20,}"),
    _token("fireworks-key", "fw_", rest=r"[A-Za-z0-9]{20,}"),
    _token("together-key", "tgp_v1_", rest=r"[A-Za-z0-9_-]{20,}"),
    _token("nvidia-key", "nvapi-", rest=r"[A-Za-z0-9_-]{20,}"),
    _token("tavily-key", "tvly-", rest=r"(?:dev-|prod-)?[A-Za-z0-9]{20,}"),
    _token("langsmith-key", "lsv2_pt_", "lsv2_sk_", rest=r"[A-Za-z0-9_]{20,}"),
    _token("aws-key-id", "AKIA", "ASIA", rest=r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
    SecretPattern(
        "aws-secret-key",
        ("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "SecretAccessKey", "secretAccessKey"),
        re.compile(r"[A-Za-z_]+[\"'\\]{0,4}\s{0,3}[:=]\s{0,3}[\"'\\]{0,4}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"),
    ),
    _token("azure-account-key", "AccountKey=", "SharedAccessKey=", rest=r"([A-Za-z0-9+/]{40,}={0,2})"),
    _token("github-token", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", rest=r"[A-Za-z0-9_]{20,}"),
    _token("gitlab-token", "glpat-", rest=r"[A-Za-z0-9_-]{20,}"),
    _token(
        "slack-token",
        *(f"xox{kind}-" for kind in "abeoprs"),
        "xapp-",
        rest=r"(?=[A-Za-z-]{0,60}+[0-9])[A-Za-z0-9-]{10,}",
    ),
    SecretPattern(
        "slack-webhook",
        ("hooks.slack.com/", "hooks.slack.com%2F", "hooks.slack.com%2f"),
        re.compile(r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_-]{16,})"),
    ),
    SecretPattern(
        "discord-webhook",
        ("/api/webhooks/",),
        re.compile(r"/api/webhooks/([0-9]{15,}/[A-Za-z0-9_-]{30,})"),
    ),
    _token("jwt", "eyJ", rest=r"[A-Za-z0-9_-]{8,2000}+\.eyJ[A-Za-z0-9_-]{4,}+(?:\.[A-Za-z0-9_-]*+)?"),
    _token("stripe-key", "sk_live_", "sk_test_", "rk_live_", "rk_test_", rest=r"[A-Za-z0-9]{16,}"),
    _token("webhook-secret", "whsec_", rest=r"[A-Za-z0-9+/]{20,}={0,2}"),
    _token("sendgrid-key", "SG.", rest=r"[A-Za-z0-9_-]{16,64}+\.[A-Za-z0-9_-]{16,}"),
    _token("npm-token", "npm_", rest=r"[A-Za-z0-9]{30,}"),
    _token("pypi-token", "pypi-AgE", rest=r"[A-Za-z0-9_-]{20,}"),
    _token("digitalocean-token", "dop_v1_", "doo_v1_", rest=r"[a-f0-9]{40,}"),
    _token("databricks-token", "dapi", rest=r"[a-f0-9]{32}(?![A-Za-z0-9])"),
    _token("shopify-token", "shpat_", "shpss_", "shpca_", rest=r"[a-fA-F0-9]{32}"),
    SecretPattern(
        "private-key",
        ("-----BEGIN ",),
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
            r"(?:(?!-----(?:END|BEGIN) )[^\0]){0,20000}-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
            # A truncated key.
            r"|-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]|[A-Za-z0-9+/=]){16,}"
        ),
    ),
    SecretPattern(
        "bearer-token",
        ("Bearer ", "bearer ", "BEARER "),
        re.compile(rf"(?i:bearer) {{1,3}}{_MIXED}([A-Za-z0-9._~+/=-]{{16,}})"),
    ),
    SecretPattern(
        "basic-credentials",
        ("Basic ", "basic "),
        re.compile(r"(?i:basic) (?=[A-Za-z+/]*[0-9]|[A-Za-z0-9+/]*=)([A-Za-z0-9+/]{8,}={0,2})"),
    ),
    SecretPattern(
        "key-header",
        _KEY_HEADERS,
        re.compile(rf"[A-Za-z-]+[\"'\\]{{0,4}}\s{{0,3}}:\s{{0,3}}[\"'\\]{{0,4}}{_MIXED}([A-Za-z0-9._~+/=-]{{16,}})"),
    ),
    SecretPattern(
        "url-credentials",
        ("://",),
        re.compile(r"://[^\s/?#@:\"'<>\\\0]{0,100}:([^\s/?#@\"'<>\\${}\0]{3,200})@(?=[A-Za-z0-9\[])"),
    ),
    SecretPattern(
        "url-parameter",
        _PARAMETERS,
        re.compile(r"(?<=[?&;])[A-Za-z_-]+=([^\s&#\"'<>\\\0•]{8,})"),
    ),
)

# Also matches tokens that are shorter than services issue them, and words that only begin like a token.
BROAD_TOKEN = re.compile(
    rf"\b(?:{'|'.join(re.escape(anchor) for one in PATTERNS if one.is_token for anchor in one.anchors)})[\w-]{{12,}}"
)
PERSONAL_PATHS = SecretPattern(
    "personal-path",
    ("/home/", "/Users/", "\\Users\\", "\\\\Users\\\\", "/users/"),
    re.compile(
        r"(?:/home/|/Users/|(?<=[A-Za-z]:)(?:/|\\{1,4})[Uu]sers(?:/|\\{1,4}))([^\s/\\\"'<>:|?*`,;()\[\]{}$\0•]+)"
    ),
    anchored=False,
)
EMAILS = SecretPattern(
    "email",
    ("@",),
    re.compile(
        r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])"
    ),
    anchored=False,
)
