"""One module per family of sensitive data. A detector takes Normalised.data and yields (kind, start, end) in any order;
overlaps are resolved by scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from desktop_app.guard.detectors.contact import find_emails
from desktop_app.guard.detectors.finance import find_cards, find_ibans, find_ssns
from desktop_app.guard.detectors.network import find_addresses
from desktop_app.guard.detectors.passwords import find_passwords
from desktop_app.guard.detectors.phone import find_phones
from desktop_app.guard.detectors.secrets import find_secrets

Detector = Callable[[bytes], Iterable[tuple[str, int, int]]]

# By what each looks for, in the words an error message uses.
DETECTORS: dict[str, Detector] = {
    "keys and access tokens": find_secrets,
    "passwords": find_passwords,
    "e-mail addresses": find_emails,
    "payment cards": find_cards,
    "bank accounts": find_ibans,
    "social security numbers": find_ssns,
    "phone numbers": find_phones,
    "network addresses": find_addresses,
}
