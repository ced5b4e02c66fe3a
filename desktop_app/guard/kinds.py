"""Every kind of sensitive data the guard knows, with the words people read about it. Detectors only name a kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["secret", "personal", "internal"]

# Most severe first: a secret opens a door, personal data belongs to a person, internal data describes the company.
SEVERITIES: tuple[Severity, ...] = ("secret", "personal", "internal")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of sensitive data.

    one and many are for sentences ("one e-mail address", "two e-mail addresses"); placeholder is what redaction puts
    in front of its number ("EMAIL" for [EMAIL-1]).
    """

    label: str
    one: str
    many: str
    placeholder: str
    severity: Severity
    reason: str


def _token(service: str, what: str = "access token") -> Kind:
    return Kind(
        f"{service} {what}",
        f"{service} {what}",
        f"{service} {what}s",
        "SECRET",
        "secret",
        f"This has the form of a {service} {what}. Whoever holds it can act in your organisation's name there.",
    )


# Of two kinds that fit the same place equally well the first one here is reported.
KINDS: dict[str, Kind] = {
    "email": Kind(
        "E-mail address",
        "e-mail address",
        "e-mail addresses",
        "EMAIL",
        "personal",
        "This is an e-mail address. It identifies a person and invites unwanted mail.",
    ),
    "card": Kind(
        "Payment card number",
        "payment card number",
        "payment card numbers",
        "CARD",
        "personal",
        "This looks like a payment card number: it begins like one and passes the card checksum. "
        "Someone who has it may be able to pay with it.",
    ),
    "iban": Kind(
        "Bank account number (IBAN)",
        "bank account number",
        "bank account numbers",
        "IBAN",
        "personal",
        "This is a bank account number: its country, length and check digits fit. It belongs to a person or a company.",
    ),
    "ssn": Kind(
        "US social security number",
        "social security number",
        "social security numbers",
        "SSN",
        "personal",
        "This looks like a US social security number. It is enough to open accounts in that person's name.",
    ),
    "ip": Kind(
        "Public IP address",
        "public IP address",
        "public IP addresses",
        "IP",
        "personal",
        "This is a public network address. It points to one connection and, in the EU, counts as personal data.",
    ),
    "internal-ip": Kind(
        "Internal IP address",
        "internal IP address",
        "internal IP addresses",
        "IP",
        "internal",
        "This is an address inside a private network. It tells an attacker how your systems are laid out.",
    ),
    "phone": Kind(
        "Phone number",
        "phone number",
        "phone numbers",
        "PHONE",
        "personal",
        "This looks like a phone number. It identifies a person or a line that is not meant for everyone.",
    ),
    "private-key": Kind(
        "Private key",
        "private key",
        "private keys",
        "SECRET",
        "secret",
        "This is a private key. Whoever holds it can log in, sign or decrypt as its owner.",
    ),
    "aws-key": _token("AWS", "access key"),
    "google-key": _token("Google Cloud", "key"),
    "azure-key": _token("Azure", "key"),
    "github-token": _token("GitHub"),
    "gitlab-token": _token("GitLab"),
    "slack-token": _token("Slack"),
    "stripe-key": _token("Stripe", "key"),
    "package-token": _token("package registry", "publishing token"),
    "ai-key": _token("AI service", "key"),
    "service-token": _token("cloud service"),
    "jwt": Kind(
        "Login token (JWT)",
        "login token",
        "login tokens",
        "SECRET",
        "secret",
        "This is a login token: its first two parts decode as one. Until it expires it works like a password.",
    ),
    "password": Kind(
        "Password",
        "password",
        "passwords",
        "SECRET",
        "secret",
        "The words before it say that this is a password or a key. Whoever reads it can use it.",
    ),
    "url-login": Kind(
        "Login in a web address",
        "login in a web address",
        "logins in web addresses",
        "SECRET",
        "secret",
        "This address contains a user name and a password. Whoever opens it is logged in.",
    ),
}
