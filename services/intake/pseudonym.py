"""What stands for an informant and for a tip outside the vault."""

import hmac
import re
from collections.abc import Callable
from datetime import datetime

from schemas.reference.validity import vietnam_date
from services.intake.forms import Informant
from services.intake.receipt import ALPHABET

RandomBytes = Callable[[int], bytes]
_REF_CHARACTERS = 32


def informant_ref(informant: Informant, pepper: bytes, random: RandomBytes) -> str:
    """A pseudonym of 32 hexadecimal characters.

    Someone who left a phone number or e-mail address has the same one in each tip, so that several tips of one
    person can be told from tips of several, without saying who; it cannot be tried out without the pepper.
    Who left neither, or asked to stay anonymous, gets a random one that says nothing.
    """
    contact = _contact(informant)
    if contact is None or informant.anonymous:
        return random(_REF_CHARACTERS // 2).hex()
    return hmac.digest(pepper, f"informant\n{contact}".encode(), "sha256").hex()[:_REF_CHARACTERS]


def tip_no(desk: str, received_at: datetime, random: RandomBytes) -> str:
    """`<desk>/<year in Viet Nam>/<eight random characters>`: unordered, so that numbers tell nothing of the others."""
    number = int.from_bytes(random(5), "big")
    tail = "".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{desk}/{vietnam_date(received_at).year}/{tail}"


def _contact(informant: Informant) -> str | None:
    if informant.phone:
        digits = re.sub(r"\D", "", informant.phone)
        national = digits.removeprefix("84") if informant.phone.strip().startswith("+") else digits.removeprefix("0")
        return f"phone:{national}"
    return f"email:{informant.email.strip().casefold()}" if informant.email else None
