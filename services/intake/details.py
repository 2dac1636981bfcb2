"""Keeps the personal part of a tip under the tip's own key between receipt and forwarding.

Erasing the dossier's key erases it here too. The block differs from the one in an event by its associated data, so
neither can be put in the other's place.
"""

from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.facts import Facts, PersonalFacts
from services.intake.pseudonym import RandomBytes

_NONCE = 12


def lock(details: PersonalFacts, tip_id: UUID, key: bytes, random: RandomBytes) -> bytes:
    """AES-GCM, a random 12-byte nonce in front."""
    nonce = random(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, details.model_dump_json().encode(), _bound_to(tip_id))


def unlock(block: bytes, tip_id: UUID, key: bytes) -> PersonalFacts:
    """Raises cryptography's InvalidTag if the block was made for another tip or changed."""
    opened = AESGCM(key).decrypt(block[:_NONCE], block[_NONCE:], _bound_to(tip_id))
    return PersonalFacts.model_validate_json(opened)


def _bound_to(tip_id: UUID) -> bytes:
    return f"intake.tip|{tip_id}".encode()


def added(earlier: PersonalFacts | None, given: PersonalFacts | None) -> PersonalFacts | None:
    """What was known with what was found out since: lists grow, single values are replaced where one is given."""
    if earlier is None or given is None:
        return given or earlier
    return PersonalFacts(
        identifiers=tuple(dict.fromkeys((*earlier.identifiers, *given.identifiers))),
        names=tuple(dict.fromkeys((*earlier.names, *given.names))),
        address=given.address or earlier.address,
        narrative=given.narrative or earlier.narrative,
        evidence=tuple(dict.fromkeys((*earlier.evidence, *given.evidence))),
    )


def naming_kinds(facts: Facts, details: PersonalFacts | None) -> Facts:
    """The facts, telling which kinds of identifiers the sealed part holds."""
    if details is None:
        return facts
    kinds = dict.fromkeys((*facts.identifier_kinds, *(found.kind for found in details.identifiers)))
    return facts.model_copy(update={"identifier_kinds": tuple(kinds)})
