"""What looks like a secret and is none: nothing is removed from it."""

import base64
import hashlib
import json
import math
import struct
import uuid
from random import Random

import pytest

import viewer
from tests.support.planting.dice import random_text
from tests.support.planting.recorders import Exchange, asked, go_vcr
from viewer.redaction import redact

_DICE = Random("innocent")  # noqa: S311 - not for secrets
_HASH = hashlib.sha256(b"innocent").hexdigest()
_SHA1 = hashlib.sha1(b"innocent", usedforsecurity=False).hexdigest()
_UUID = str(uuid.UUID(int=_DICE.getrandbits(128), version=4))
_IMAGE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + _DICE.randbytes(3000)).decode()
_INTEGRITY = "sha512-" + base64.b64encode(hashlib.sha512(b"innocent").digest()).decode()

# Sixteen-bit samples of a sound that fades, with the silence between two words.
_SOUND = b"".join(
    struct.pack("<h", int(_DICE.gauss(0, 1) * abs(math.sin(index / 900)) ** 3 * 4000)) for index in range(30_000)
)
# Characters that begin tokens, in the middle of others.
_MIDDLE = "".join(
    f"{random_text(_DICE, 40)}{one}{random_text(_DICE, 48)}" for one in ("-sk-", "_hf_", "-fw_", "_ek_", "-r8_")
)

TEXTS = {
    "hashes": f'sha256:{_HASH}, sha1 {_SHA1}, md5 {_HASH[:32]}, ETag W/"{_SHA1}"',
    "Git": f"commit {_SHA1}\nAuthor: A <>\n\nindex {_SHA1[:7]}..{_HASH[:7]} 100644\n",
    "ids": f"chatcmpl-{random_text(_DICE, 29)} msg_01{random_text(_DICE, 22)} toolu_01{random_text(_DICE, 22)} req_011{random_text(_DICE, 20)} call_{random_text(_DICE, 24)} resp_{_HASH[:48]} file-{random_text(_DICE, 22)} asst_{random_text(_DICE, 24)} {_UUID}",
    "an image": f"![](data:image/png;base64,{_IMAGE})",
    "base64 of a sound": base64.b64encode(_SOUND).decode(),
    "URL-safe base64 of a sound": base64.urlsafe_b64encode(_SOUND).decode(),
    "URL-safe base64": _MIDDLE,
    "hashes after beginnings": f"re_{_SHA1} ck-{_SHA1} 00{_SHA1}",
    "conversions and types": 'print(f"password={password!r}")\ndef cookies(self) -> "BaseCookie[str]": ...\nTOKEN = 0x0021\nsecret_key = s3_connection\n',
    "code of a bundle": "e.token=!0}function t(){n.currentToken=s,n.parser._token(n.q);s.noDeleteOnFetchRejection;r({credentials:c?w:void 0})}",
    "addresses explained": "postgres://user:password@host/db https://username:xxx@example.com https://a.example/?X-Amz-Signature={signature}",
    "no private key": '-----BEGIN PRIVATE KEY-----" or "-----END PRIVATE KEY-----',
    "SSH": "sk-ecdsa-sha2-nistp256@openssh.com sk-ssh-ed25519@openssh.com",
    "operations": '{"ListAccessTokens": {"input_token": "nextToken", "limit_key": "maxResults"}}',
    "minified code": "!function(e,t){var n=t.token,r=e.password||null;return n&&(r=n.key),function(e){return e.secret=r}}(window,{});",
    "variables of code": "password = getpass()\ntoken = tokenizer.next_token()\napi_key = os.environ['API_KEY']\nsecret = load_secret(name)\nself.token = token\nif password is None:\n    raise ValueError('password')\n",
    "JavaScript": "const token = await getToken();\nconst apiKey = process.env.API_KEY;\nheaders: { Authorization: `Bearer ${token}` }\nlet password: string;\n",
    "Go": 'type Config struct {\n\tPassword string `json:"password"`\n\tToken *Token\n}\ntoken := r.Header.Get("Authorization")\n',
    "a lock file": f'"lodash": {{"version": "4.17.21", "resolved": "https://packages.example/lodash.tgz", "integrity": "{_INTEGRITY}"}}',
    "a Python lock": f'{{file = "a-1.0-py3-none-any.whl", hash = "sha256:{_HASH}"}}',
    "OpenAPI": json.dumps({"securitySchemes": {"apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"}}, "properties": {"password": {"type": "string", "format": "password", "description": "The password of the user"}}, "required": ["token", "api_key"]}),
    "documentation of keys": "Set `OPENAI_API_KEY=sk-...` or `sk-your-key-here`. Use `Authorization: Bearer YOUR_API_KEY`, `-H 'x-api-key: $ANTHROPIC_API_KEY'` and `api_key=\"<your api key>\"`. Tokens begin with `ghp_` or `github_pat_`.",
    "an example of .env": "OPENAI_API_KEY=\nANTHROPIC_API_KEY=your-api-key\nDB_PASSWORD=changeme\nSECRET_KEY=${SECRET_KEY}\nTOKEN=<token>\nREDIS_URL=redis://localhost:6379/0\nAWS_SECRET_ACCESS_KEY=xxxxxxxxxxxxxxxx\n",
    "CSS": '<div class="sk-circle-fade sk-folding-cube-container sk-toggleable__label-arrow token punctuation">',
    "names of models": "gpt-4o-2024-08-06 claude-3-5-sonnet-20241022 gemini-2.0-flash-thinking-exp-01-21 accounts/fireworks/models/llama-v3p1-405b-instruct meta-llama/Llama-3.3-70B-Instruct-Turbo",
    "Kubernetes": "apiVersion: v1\nkind: Pod\nspec:\n  serviceAccountName: app\n  automountServiceAccountToken: false\n  containers:\n  - env:\n    - name: DB_PASSWORD\n      valueFrom:\n        secretKeyRef: {name: db, key: password}\n  imagePullSecrets:\n  - name: registry\n",
    "a GitHub workflow": "env:\n  GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}\npermissions:\n  id-token: write\n",
    "Terraform variables": 'variable "db_password" {\n  type = string\n  sensitive = true\n}\npassword = var.db_password\n',
    "sentences": "The password is case-sensitive. Token: a unit of text. Secret: none. Your API key expires in 30 days; the session ended. Keyboard key: Enter. Basic authentication, bearer tokens and cookies are explained below.",
    "limits": "max_tokens: 4096, prompt_tokens=1532, token_count: 88, x-ratelimit-remaining-tokens: 149984, tokens_per_second = 51.2",
    "a table of keys": "| key | value |\n|---|---|\n| primary_key | id |\n| sort_key | created_at |\n| foreign key | user_id |\n",
    "SQL": "SELECT token, password_hash FROM users WHERE api_key IS NOT NULL; CREATE USER app PASSWORD NULL;",
    "a public key": f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{random_text(_DICE, 43)} me\n-----BEGIN PUBLIC KEY-----\n{random_text(_DICE, 64)}\n-----END PUBLIC KEY-----",
    "addresses": "https://acme.example/v1/users?page=2&sort_key=name&token_type=bearer&q=what%20is%20a%20token mailto:a@acme.example git@github.com:acme/app.git",
}  # fmt: skip

PLACES = {
    "a request": lambda text: Exchange(body=asked(text)),
    "a header": lambda text: Exchange(headers={"X-Note": " ".join(text.split())[:400]}),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", TEXTS)
def test_nothing_is_removed_from(text, place):
    _, findings = redact(viewer.load(go_vcr(PLACES[place](TEXTS[text])), "innocent.yaml"))
    assert not findings


@pytest.mark.parametrize(
    "value",
    [
        {"usage": {"prompt_tokens": 3, "completion_tokens_details": {"reasoning_tokens": 64}}, "max_tokens": 100},
        {"logprobs": {"content": [{"token": " swordfish", "logprob": -0.1, "bytes": [115]}, {"token": "pass", "top_logprobs": []}]}},
        {"prompt_cache_key": _UUID, "idempotency_key": _UUID, "cache_key": _HASH, "public_key": _HASH, "key": "Enter", "primary_key": "id"},
        {"tools": [{"name": "login", "parameters": {"properties": {"password": {"type": "string"}, "api_key": {"type": "string", "default": None}}}}]},
        {"password": "", "api_key": None, "token": True, "secret": "REDACTED", "access_token": "<token>", "authorization": "Bearer ****"},
        {"tokens": ["a", "b"], "token_ids": [1, 2, 3], "tokenizer": "cl100k_base", "session": {"type": "realtime"}, "cookies_enabled": True},
        {"system_fingerprint": f"fp_{_HASH[:10]}", "encrypted_content": _IMAGE[:400], "signature": _IMAGE[:300], "thought_signature": _IMAGE[:300]},
    ],
)  # fmt: skip
def test_nothing_is_removed_from_json(value):
    body = json.dumps({**json.loads(asked()), **value})
    _, findings = redact(viewer.load(go_vcr(Exchange(body=body)), "innocent.yaml"))
    assert not findings
