"""Secrets with a form that a template cannot say: keys of several lines, checksums, headers."""

import base64
from collections.abc import Callable
from random import Random

from tests.support.planting.dice import ALNUM, ALPHABETS, jwt, random_text, with_checksum
from tests.support.planting.kinds import Kind, Secret

_DASHES = "-" * 5


def _armoured(label: str, lines: int, heading: str = "", ending: str = "") -> Callable[[Random], Secret]:
    def make(dice: Random) -> Secret:
        body = [random_text(dice, 64, ALPHABETS["b"]) for _ in range(lines)] + [random_text(dice, 40)]
        return Secret(
            "\n".join(
                [
                    f"{_DASHES}BEGIN {label}{_DASHES}",
                    *([heading, ""] if heading else []),
                    *body,
                    *([ending] if ending else []),
                    f"{_DASHES}END {label}{_DASHES}",
                ]
            ),
            tuple(body),
        )

    return make


def _putty(dice: Random) -> Secret:
    public = [random_text(dice, 64, ALPHABETS["b"]) for _ in range(2)]
    private = [random_text(dice, 64, ALPHABETS["b"]) for _ in range(2)]
    mac = random_text(dice, 64, ALPHABETS["h"])
    lines = ["PuTTY-User-Key-File-3: ssh-ed25519", "Encryption: none", "Comment: deploy", "Public-Lines: 2", *public]
    return Secret("\n".join([*lines, "Private-Lines: 2", *private, f"Private-MAC: {mac}"]), (*private, mac))


def _crc(beginning: str, length: int) -> Callable[[Random], Secret]:
    def make(dice: Random) -> Secret:
        token = with_checksum(beginning, random_text(dice, length))
        return Secret(token, (token[len(beginning) :],))

    return make


def _fine_grained(dice: Random) -> Secret:
    token = with_checksum("github_pat_", f"{random_text(dice, 22)}_{random_text(dice, 53)}")
    return Secret(token, tuple(token.split("_")[2:]))


def _packed_jwt(dice: Random) -> Secret:
    text, unique = jwt(dice)
    packed = base64.b64encode(text.encode()).decode()
    return Secret(packed, (packed[60:], *unique))


def _basic(dice: Random) -> Secret:
    password = random_text(dice, 18)
    packed = base64.b64encode(f"deploy:{password}".encode()).decode()
    return Secret(f"Basic {packed}", (packed[12:].rstrip("="), password))


def _bearer(dice: Random) -> Secret:
    token = random_text(dice, 40)
    return Secret(f"Bearer {token}", (token,))


def _signature(dice: Random) -> Secret:
    signature, key = random_text(dice, 64, ALPHABETS["h"]), random_text(dice, 16, ALPHABETS["v"])
    scope = "20250101/us-east-1/bedrock/aws4_request"
    text = f"AWS4-HMAC-SHA256 Credential=AKIA{key}/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}"
    return Secret(text, (signature, key))


def _okta(dice: Random) -> Secret:
    token = random_text(dice, 40, ALNUM + "_-")
    return Secret(f"SSWS 00{token}", (token,))


def _service_account(dice: Random) -> Secret:
    key = _armoured("PRIVATE KEY", 4)(dice)
    escaped = key.text.replace("\n", "\\n")
    text = f'{{"type": "service_account", "private_key_id": "{random_text(dice, 40, ALPHABETS["h"])}", "private_key": "{escaped}\\n"}}'
    return Secret(text, key.unique)


MADE_KINDS = [
    *(
        Kind(f"github-{name}", _crc(beginning, 30), told_by="github_token")
        for name, beginning in {
            "personal": "ghp_",
            "oauth": "gho_",
            "user": "ghu_",
            "server": "ghs_",
            "refresh": "ghr_",
        }.items()
    ),
    Kind("github-fine-grained", _fine_grained, told_by="github_token"),
    Kind("npm", _crc("npm_", 30), told_by="npm_token"),
    Kind("jwt", lambda dice: Secret(*jwt(dice)), told_by="access_token"),
    Kind("jwt-in-base64", _packed_jwt, told_by="access_token"),
    Kind("rsa-private-key", _armoured("RSA PRIVATE KEY", 5), told_by="private_key"),
    Kind("ec-private-key", _armoured("EC PRIVATE KEY", 2), told_by="private_key"),
    Kind("pkcs8-private-key", _armoured("PRIVATE KEY", 4), told_by="private_key"),
    Kind("encrypted-private-key", _armoured("ENCRYPTED PRIVATE KEY", 4), told_by="private_key"),
    Kind("openssh-private-key", _armoured("OPENSSH PRIVATE KEY", 4), told_by="ssh_private_key"),
    Kind("pgp-private-key", _armoured("PGP PRIVATE KEY BLOCK", 4, "Version: GnuPG v2", "=Ab3d"), told_by="private_key"),
    Kind("putty-private-key", _putty, told_by="private_key"),
    Kind("service-account-file", _service_account, told_by="google_credentials"),
    Kind("basic-credentials", _basic, told_by="authorization", is_header=True),
    Kind("bearer-credentials", _bearer, told_by="authorization", is_header=True),
    Kind("aws-signature", _signature, told_by="authorization", is_header=True),
    Kind("okta-header", _okta, told_by="authorization", is_header=True),
]
