"""Names that tell a secret: of headers, URL parameters, JSON keys, variables and settings.

A name is read by its last words, however they are joined: `dbPassword`, `DB_PASSWORD`, `db-password`, `db.password`. So
`password` tells a secret, and `password_hash`, `max_tokens` and `token_count` do not.
"""

import re
from enum import IntEnum
from functools import lru_cache


class Telling(IntEnum):
    """How surely a name tells that its value is a secret."""

    NOTHING = 0
    MAYBE = 1
    """Only if the value looks random: `token`, `datadog_key`. A token can also be a piece of text, and a key an index."""
    LIKELY = 2
    """If the value looks like a credential, not like a word: `github_token`, `auth`."""
    SURELY = 3
    """Whatever the value is, unless it is a placeholder: `password`, `api_key`."""


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")
# Words after a name that do not change what it is.
_ENDINGS = frozenset(
    [
        "prod",
        "production",
        "dev",
        "development",
        "test",
        "testing",
        "staging",
        "stage",
        "live",
        "sandbox",
        "local",
        "old",
        "new",
        "current",
        "previous",
        "primary",
        "secondary",
        "backup",
        "base",
        "default",
        "value",
        "val",
        "text",
        "plain",
        "plaintext",
        "string",
        "str",
        "raw",
        "base64",
        "b64",
        "env",
        "var",
        "header",
    ]
)
# As the end of a name, also in the middle of a word.
_SURE_ENDINGS = (
    *("password", "passwd", "passphrase", "passcode", "passwort", "kennwort", "wachtwoord", "contrasena", "contraseña"),
    *("motdepasse", "密码", "密碼", "パスワード", "비밀번호", "пароль", "口令"),
    *("apikey", "accesskey", "secretkey", "privatekey", "signingkey", "encryptionkey", "subscriptionkey", "accountkey"),
    *("masterkey", "licensekey", "licencekey", "sharedkey", "storagekey", "hmackey", "authkey", "applicationkey"),
    *("secretaccesskey", "servicerolekey", "webhookkey", "integrationkey", "apikeys", "apisecret", "appsecret"),
    *("secret", "accesstoken", "refreshtoken", "authtoken", "bearertoken", "sessiontoken", "securitytoken", "apitoken"),
    *("oauthtoken", "idtoken", "authorizationtoken", "personalaccesstoken", "bottoken", "clientassertion"),
    *("connectionstring", "connstring", "connstr", "authorization", "setcookie", "secretkeybase", "oauthsignature"),
)
_SURE_WORDS = frozenset(
    {"pwd", "passwd", "senha", "cookie", "cookies", "credential", "credentials", "requirepass", "masterauth"}
)
_LIKELY_WORDS = frozenset(
    {
        "auth",
        "jwt",
        "bearer",
        "passw",
        "pass",
        "pw",
        "pat",
        "otp",
        "pin",
        "dsn",
        "totp",
        "cred",
        "creds",
        "psw",
        "bindpw",
    }
)
_MAYBE_WORDS = frozenset({"token", "authenticationtoken"})
# A key of one of these is a secret. Other keys are places in a list, names in a table, buttons.
_KEY_OWNERS = frozenset(
    [
        "adafruit",
        "adobe",
        "ai21",
        "airtable",
        "algolia",
        "alibaba",
        "amplitude",
        "anthropic",
        "anyscale",
        "app",
        "asana",
        "assemblyai",
        "atlassian",
        "aws",
        "azure",
        "baseten",
        "bearer",
        "beamer",
        "bitbucket",
        "bot",
        "cerebras",
        "cf",
        "client",
        "cloudflare",
        "cody",
        "cohere",
        "composio",
        "confluent",
        "consumer",
        "customer",
        "datadog",
        "dd",
        "deepgram",
        "deepinfra",
        "deepl",
        "deepseek",
        "deploy",
        "digitalocean",
        "discord",
        "do",
        "docker",
        "dropbox",
        "elastic",
        "elevenlabs",
        "encryption",
        "exa",
        "fal",
        "fastly",
        "figma",
        "finnhub",
        "fireworks",
        "fly",
        "gcp",
        "gemini",
        "gh",
        "github",
        "gitlab",
        "google",
        "grafana",
        "groq",
        "heroku",
        "hf",
        "hubspot",
        "huggingface",
        "intercom",
        "jina",
        "jira",
        "kagi",
        "langchain",
        "langfuse",
        "langsmith",
        "launchdarkly",
        "linear",
        "llama",
        "mailchimp",
        "mailgun",
        "mapbox",
        "messagebird",
        "mistral",
        "mongo",
        "nebius",
        "netlify",
        "newrelic",
        "relic",
        "nim",
        "notion",
        "nvidia",
        "nytimes",
        "okta",
        "openai",
        "opencage",
        "openrouter",
        "openweather",
        "pagerduty",
        "perplexity",
        "pinecone",
        "plaid",
        "portkey",
        "posthog",
        "postmark",
        "qdrant",
        "rapid",
        "rapidapi",
        "replicate",
        "resend",
        "sambanova",
        "segment",
        "sendbird",
        "sendgrid",
        "sentry",
        "serp",
        "serpapi",
        "serper",
        "server",
        "service",
        "shodan",
        "shopify",
        "slack",
        "snyk",
        "sonar",
        "splunk",
        "square",
        "squareup",
        "stability",
        "stripe",
        "supabase",
        "tavily",
        "telegram",
        "together",
        "travis",
        "trello",
        "twilio",
        "twitch",
        "twitter",
        "typesense",
        "unify",
        "user",
        "vercel",
        "vertex",
        "voyage",
        "wandb",
        "weather",
        "weaviate",
        "xai",
        "yandex",
        "you",
        "zendesk",
        "zhipu",
    ]
)
# A token after one of these is a piece of text or a place in a list.
_COMMON_QUALIFIERS = frozenset(
    [
        "max",
        "min",
        "first",
        "last",
        "next",
        "prev",
        "previous",
        "page",
        "pagination",
        "continuation",
        "eos",
        "bos",
        "pad",
        "unk",
        "sep",
        "cls",
        "mask",
        "stop",
        "per",
        "cost",
        "total",
        "prompt",
        "completion",
        "input",
        "output",
        "reasoning",
        "cached",
        "special",
        "image",
        "audio",
        "video",
        "text",
        "sync",
        "cursor",
        "time",
        "word",
        "sub",
        "start",
        "end",
        "delimiter",
        "design",
        "color",
        "cancel",
        "cancellation",
        "lock",
        "change",
        "starting",
        "lifecycle",
        "action",
        "purchase",
        "client",
        "idempotency",
        "add",
        "cache",
        "resume",
        "skip",
        "index",
        "position",
        "string",
        "a",
        "an",
        "the",
        "this",
        "each",
        "every",
        "one",
        "no",
        "by",
        "on",
        "any",
    ]
)
HEADER_WORDS = frozenset(
    [
        "apikey",
        "assertion",
        "auth",
        "authenticate",
        "authorization",
        "authtoken",
        "cookie",
        "credential",
        "credentials",
        "jwt",
        "key",
        "oidc",
        "organization",
        "passwd",
        "password",
        "project",
        "pwd",
        "secret",
        "session",
        "sessionid",
        "sig",
        "signature",
        "token",
        "passphrase",
        "bearer",
        "apitoken",
        "accesstoken",
        "pat",
        "otp",
        "pin",
        "dsn",
        "pass",
    ]
)
"""Any of these in the name of a header or URL parameter tells that its value is a secret, or names the account."""


def words_of(name: str) -> list[str]:
    """Split a name into its words, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


@lru_cache(maxsize=4096)
def telling(name: str) -> Telling:
    """Return how surely a key, variable or setting of this name holds a secret."""
    words = words_of(name)
    while len(words) > 1 and (words[-1].isdigit() or words[-1] in _ENDINGS):
        words.pop()
    if not words:
        return Telling.NOTHING
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in _SURE_WORDS or "".join(words[-5:]).endswith(_SURE_ENDINGS):
        return Telling.SURELY
    if last in _LIKELY_WORDS:
        return Telling.LIKELY
    if last in _MAYBE_WORDS:
        if before in _COMMON_QUALIFIERS:
            return Telling.NOTHING
        return Telling.LIKELY if before else Telling.MAYBE
    if last == "key" and before in _KEY_OWNERS:
        return Telling.MAYBE
    return Telling.NOTHING
