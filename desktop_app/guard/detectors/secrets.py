"""Private keys, access tokens with a fixed form, and login tokens (JWT). Passwords are in passwords.py."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator

from desktop_app.guard.patterns import Pattern, is_word

Hit = tuple[str, int, int]

# An unfinished key block (the end was cut off) is reported up to the end of the text.
_KEY_BLOCK = Pattern(
    r"-----BEGIN\x20(?:[A-Z0-9]+\x20){0,4}PRIVATE\x20KEY(?:\x20BLOCK)?-----(?s:.)*?"
    r"(?:-----END\x20(?:[A-Z0-9]+\x20){0,4}PRIVATE\x20KEY(?:\x20BLOCK)?-----|\z)",
    ignore_case=False,
)
_KEY_LINE = Pattern(
    r"PuTTY-User-Key-File-\d:[^\n]*|AGE-SECRET-KEY-1[0-9A-Z]{58}|\bPrivate-Lines:\x20?\d+(?:\s+[A-Za-z0-9+/=]{20,})+",
    ignore_case=False,
)

# The forms as the services document them. Each is told by how it begins; kinds are looked up in that order.
_FORMS: tuple[tuple[str, str, str], ...] = (
    ("aws-key", "AKIA|ASIA|ABIA|ACCA", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"),
    ("google-key", "AIza|GOCSPX-|ya29.", r"AIza[\w-]{35}|GOCSPX-[\w-]{20,}|ya29\.[\w.-]{20,}"),
    (
        "github-token",
        "ghp_|gho_|ghu_|ghs_|ghr_|github_pat_",
        r"gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9]{20,}_\w{40,}",
    ),
    (
        "gitlab-token",
        "glpat-|gldt-|glrt-|glptt-|glcbt-|glft-|glsoat-|glimt-|glagent-|gloas-|GR1348941",
        r"gl(?:pat|dt|rt|ptt|cbt|ft|soat|imt|agent|oas)-[\w.-]{20,}|GR1348941[\w-]{20,}",
    ),
    ("slack-token", "xox|xapp-|xwfp-", r"xox[abceoprs](?:\.xox[bp])?-[\w-]{10,}|xapp-\d-[\w-]{10,}|xwfp-[\w-]{10,}"),
    (
        "stripe-key",
        "sk_live|sk_test|rk_|whsec_",
        r"(?:sk|rk)_(?:live|test|prod)_[0-9A-Za-z]{10,}|whsec_[0-9A-Za-z+/=]{24,}",
    ),
    (
        "package-token",
        "npm_|pypi-|rubygems_|dckr_",
        r"npm_[A-Za-z0-9]{36}|pypi-[\w-]{60,}|rubygems_[0-9a-f]{48}|dckr_(?:pat|oat)_[\w-]{20,}",
    ),
    (
        "ai-key",
        "sk-|hf_|gsk_|r8_|pplx-|xai-",
        r"sk-ant-[\w-]{20,}|sk-(?:proj|svcacct|admin|None|or-v1)-[\w-]{20,}|sk-[A-Za-z0-9]{32,}|hf_[A-Za-z0-9]{30,}"
        r"|gsk_[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{37}|pplx-[a-zA-Z0-9]{40,}|xai-[A-Za-z0-9]{60,}",
    ),
    (
        "service-token",
        "",
        r"SG\.[\w-]{16,}\.[\w-]{30,}|dop_v1_[a-f0-9]{64}|dapi[a-f0-9]{32}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|hv[sbr]\.[\w-]{24,}"
        r"|glsa_\w{32}_[0-9a-f]{8}|lin_api_[A-Za-z0-9]{40}|ntn_[A-Za-z0-9]{40,}|ATATT3[\w=-]{60,}|NRAK-[A-Z0-9]{27}"
        r"|\d{8,10}:AA[\w-]{33}|key-[0-9a-f]{32}|EAAA[\w-]{60}|PMAK-[a-f0-9]{24}-[a-f0-9]{34}|sntry[su]_[\w=-]{40,}"
        r"|figd_[\w-]{40}|dp\.(?:pt|st|ct)\.\w{40,}",
    ),
)
_TOKEN = Pattern(r"\b(?:" + "|".join(form for _, _, form in _FORMS) + ")", ignore_case=False)
_PREFIXES = tuple((kind, tuple(filter(None, prefixes.split("|")))) for kind, prefixes, _ in _FORMS[:-1])

_AZURE = Pattern(
    r"(?:AccountKey|SharedAccessKey|SharedAccessSignature)\x20?=\x20?[\w+/%.=-]{20,}|\b[\w~.-]{3}\dQ~[\w~.-]{31,34}"
    r"|\bsig=[A-Za-z0-9%+/]{40,}(?:%3D|=)*",
    ignore_case=False,
)
_WEBHOOK = Pattern(
    r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[\w/+-]{20,}"
    r"|https://[a-z0-9.-]{1,80}\.webhook\.office\.com/webhookb2/[\w/@-]{40,}|https://discord(?:app)?\.com/api/webhooks/\d+/[\w-]{40,}"
)
_JWT = Pattern(r"\beyJ[\w-]{6,}\.[\w-]{4,}\.[\w-]*", ignore_case=False)


def find_secrets(data: bytes) -> Iterator[Hit]:
    """Keys and tokens in Normalised.data."""
    if b"PRIVATE KEY" in data:
        yield from (("private-key", match.start(), match.end()) for match in _KEY_BLOCK.all(data))
    if b"PuTTY-User-Key" in data or b"Private-Lines" in data or b"AGE-SECRET" in data:
        yield from (("private-key", match.start(), match.end()) for match in _KEY_LINE.all(data))
    for match in _TOKEN.all(data):
        if not is_word(data, match.start() - 1):
            yield _kind_of(match.group()), match.start(), match.end()
    if b"Key" in data or b"sig=" in data or b"Q~" in data or b"SharedAccess" in data:
        yield from (("azure-key", match.start(), match.end()) for match in _AZURE.all(data))
    if b"hook" in data:
        for match in _WEBHOOK.all(data):
            kind = "slack-token" if b"slack" in match.group().lower() else "service-token"
            yield kind, match.start(), match.end()
    if b"eyJ" in data:
        for match in _JWT.all(data):
            header, payload, _ = match.group().split(b".")
            if "alg" in _decoded(header) and _decoded(payload):
                yield "jwt", match.start(), match.end()


def _kind_of(token: bytes) -> str:
    text = token.decode("latin-1")
    return next((kind for kind, prefixes in _PREFIXES if text.startswith(prefixes)), "service-token")


def _decoded(part: bytes) -> dict[str, object]:
    """A part of a JWT (RFC 7519, section 3), or an empty dict if it is none."""
    try:
        value = json.loads(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    except (Base64Error, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
