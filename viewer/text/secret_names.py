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
    HARDLY = 1
    """Only if the value looks random, and not like the ids that programs give their sessions: `session_id`."""
    MAYBE = 2
    """Only if the value looks random: `token`, `datadog_key`. A token can also be a piece of text, and a key an index."""
    LIKELY = 3
    """If the value looks like a credential, not like a word: `github_token`, `auth`."""
    SURELY = 4
    """Whatever the value is, unless it is a placeholder: `password`, `api_key`."""


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words after a name that do not change what it is.
_ENDINGS = _words(
    """
    prod production dev development test testing staging stage live sandbox local old new current previous primary
    secondary backup base default value val text plain plaintext string str raw base64 b64 env var header
    """
)
# As the end of a name, also in the middle of a word.
_SURE_ENDINGS = (
    *("password", "passwd", "passphrase", "passcode", "passwort", "kennwort", "wachtwoord", "contrasena", "contraseña"),
    *("motdepasse", "密码", "密碼", "パスワード", "비밀번호", "пароль", "口令"),
    *(
        "heslo",
        "haslo",
        "hasło",
        "senord",
        "adgangskode",
        "salasana",
        "jelszo",
        "jelszó",
        "sifre",
        "şifre",
        "passord",
    ),
    *("apikey", "accesskey", "secretkey", "privatekey", "signingkey", "encryptionkey", "subscriptionkey", "accountkey"),
    *("masterkey", "licensekey", "licencekey", "sharedkey", "storagekey", "hmackey", "authkey", "applicationkey"),
    *("secretaccesskey", "servicerolekey", "webhookkey", "integrationkey", "apikeys", "apisecret", "appsecret"),
    *("secret", "accesstoken", "refreshtoken", "authtoken", "bearertoken", "sessiontoken", "securitytoken", "apitoken"),
    *("oauthtoken", "idtoken", "authorizationtoken", "personalaccesstoken", "bottoken", "clientassertion"),
    *("connectionstring", "connstring", "connstr", "authorization", "setcookie", "secretkeybase", "oauthsignature"),
    *(
        "seedphrase",
        "recoveryphrase",
        "recoverykey",
        "sshkey",
        "tlskey",
        "sslkey",
        "rsakey",
        "fernetkey",
        "loggedinkey",
        "noncekey",
    ),
    *("authsalt", "loggedinsalt", "noncesalt", "storepass", "keypass", "rootpw"),
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
# Cookies of frameworks, and steps of OAuth and SAML.
_LIKELY_ENDINGS = (
    *("sessid", "jsessionid", "connectsid", "aspxauth", "codeverifier", "authcode", "authorizationcode"),
    *("samlresponse", "idtokenhint", "sharedaccesssignature", "psk", "csrftoken", "xsrftoken", "csrfmiddlewaretoken"),
    *("recoverycode", "backupcode", "verificationcode", "securitycode", "facode"),
)
_MAYBE_WORDS = frozenset({"token", "authenticationtoken"})
_HARDLY_ENDINGS = ("sessionid", "sessionkey")
# A `pass` of one of these is a password. Others are runs of a program.
_PASSWORD_OWNERS = _words(
    """
    admin amqp auth bind cert certificate database db deploy docker email encryption ftp imap jdbc key keystore ldap login mail
    mongo mongodb mq mqtt my mysql pg pgsql postgres postgresql proxy rabbitmq redis registry root router sa server service sftp
    smb smtp ssh sudo truststore user vault vnc vpn wallet wifi zip
    """
)
# A key of one of these is a secret. Other keys are places in a list, names in a table, buttons.
_KEY_OWNERS = _words(
    """
    account adafruit admin adobe aes ai21 airtable alchemy algolia alibaba alicloud aliyun alpha alphavantage
    amplitude anthropic anyscale apify app arize asana assemblyai atlassian auth0 aws azure b2 backblaze baseten
    beamer bearer binance bing bintray bitbucket bot braintree brave brevo browserbase browserstack bugsnag calendly
    cerebras cf checkout chroma cipher clarifai clerk client cloudflare cody cohere coinbase composio confluent
    consumer contentful cookie crypto customer cypress dashscope databricks datadog dd deepgram deepinfra deepl
    deepseek deploy deployment device digitalocean discord do docker dropbox dynatrace e2b easypost elastic
    elevenlabs encryption etherscan exa fal fastly fcm fernet figma finnhub firebase firecrawl fireworks flutterwave
    fly fmp freshbooks freshdesk function functions gateway gcm gcp gemini geocoding gh giphy github gitlab gladia
    google gpg grafana groq helicone heroku hetzner hf hmac honeycomb host hubspot huggingface hyperbolic ibm infura
    ingest ingestion intercom ipinfo ipstack jina jira jwt kagi kraken kucoin lambda langchain langfuse langsmith
    launchdarkly license linear linode llama lob logdna loggly mailchimp mailgun mailjet mandrill mapbox maps master
    meilisearch merchant messagebird milvus minimax mistral mongo moonshot nebius neon netlify newrelic newsapi
    nexmo nim notion novita nvidia nytimes oci okta omdb onesignal openai opencage openrouter openweather oracle ovh
    pagerduty partner paypal paystack perplexity pexels pgp pinecone pixabay plaid playht plivo polygon portkey
    posthog postmark prefect promptlayer pusher qdrant rapid rapidapi razorpay read record reka relic render
    replicate resend rest rollbar root rsa runpod sambanova sanity sas scaleway scraperapi scrapingbee search
    segment sendbird sendgrid sendinblue sentry serp serpapi serper server service shared shodan shopify
    signing siliconflow slack snowflake snyk sonar sparkpost speechmatics splunk spotify square squareup ssh ssl
    stability steam storage storyblok stripe stytch sumo sumologic supabase tavily telegram tencent tls tmdb
    together travis trello turso twilio twitch twitter typesense unify unsplash upstash user vault vercel vertex
    volcengine vonage voyage vultr wandb weather weaviate webhook write writer xai xata yandex you zapier zendesk
    zhipu zilliz zoom
    """
)
# A token after one of these is a piece of text or a place in a list.
_COMMON_QUALIFIERS = _words(
    """
    a action add an any audio bos by cache cached cancel cancellation change client cls color completion
    continuation cost cursor delimiter design each end eos every first idempotency image index input last lifecycle
    lock mask max min next no on one output pad page pagination per position prev previous prompt purchase reasoning
    resume sep skip special start starting stop string sub sync text the this time total unk video word
    """
)
HEADER_WORDS = _words(
    """
    accesstoken apikey apitoken assertion auth authenticate authorization authtoken bearer cookie credential
    credentials dsn jsessionid jwt key oidc organization otp pass passphrase passwd password pat phpsessid pin
    project pwd secret sessid session sessionid sig signature token
    """
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
    joined = "".join(words[-5:])
    if last in _SURE_WORDS or joined.endswith(_SURE_ENDINGS) or (last == "pass" and before in _PASSWORD_OWNERS):
        return Telling.SURELY
    if last in _LIKELY_WORDS or joined.endswith(_LIKELY_ENDINGS):
        return Telling.LIKELY
    if last in _MAYBE_WORDS:
        if before in _COMMON_QUALIFIERS:
            return Telling.NOTHING
        return Telling.LIKELY if before else Telling.MAYBE
    if last == "key" and before in _KEY_OWNERS:
        return Telling.MAYBE
    return Telling.HARDLY if joined.endswith(_HARDLY_ENDINGS) else Telling.NOTHING
