"""Sessions and keys: unguessable, told apart by their prefix, kept only as a digest."""

import re
import secrets

from services.directory.credentials import digest, is_session, new_session, new_unit_key


def test_a_session_and_a_key_carry_256_random_bits() -> None:
    asked: list[int] = []

    def entropy(count: int) -> bytes:
        asked.append(count)
        return bytes(range(count))

    assert new_session(entropy) == "phs_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert new_unit_key("customs-hq", entropy) == "phk_customs-hq_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert asked == [32, 32]


def test_a_key_has_the_form_that_is_published() -> None:
    key = new_unit_key("qltt-79", secrets.token_bytes)
    assert re.fullmatch(r"phk_qltt-79_[A-Za-z0-9_-]{43}", key)
    assert not is_session(key)
    assert is_session(new_session(secrets.token_bytes))


def test_what_is_kept_is_a_sha_256_and_differs_for_each() -> None:
    first, second = new_session(secrets.token_bytes), new_session(secrets.token_bytes)
    assert len(digest(first)) == 32
    assert digest(first) == digest(first) != digest(second)
