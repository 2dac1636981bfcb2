"""Personal values open only under their dossier's key, in their own event; a key that is gone leaves `erased`."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import tink

from builders import A_SIGNAL, A_TIP, NOW, PERSONAL, event, example
from bus.errors import KeyMissing, SealBroken
from bus.sealing import CACHE_AGE, Keyring, new_master_keyset, seal, sealed_shape, unseal
from bus.wire import as_it_came, decode, encode
from bus_builders import Hands, a_keyring
from schemas.envelope import Event
from schemas.events.case import CaseProposed
from schemas.events.signal import SignalDetected

Move = Callable[[Event[SignalDetected]], Event[SignalDetected]]
KEY = bytes(range(32))
OTHER_KEY = bytes(32)


def detected() -> Event[SignalDetected]:
    return event(example(SignalDetected), subject=A_SIGNAL)


def test_what_is_sealed_opens_again() -> None:
    sealed = seal(detected(), {A_SIGNAL: KEY})

    assert sealed.data.personal == {}
    assert unseal(sealed, {A_SIGNAL: KEY}) == replace(detected(), data=detected().data)


def test_a_sealed_event_shows_nothing_of_the_personal_part() -> None:
    wire = encode(seal(detected(), {A_SIGNAL: KEY}), "t").value

    assert b"0999 000 111" not in wire
    assert "Giả Định".encode() not in wire


def test_an_opened_event_is_still_passed_on_sealed_and_one_sealed_anew_as_it_is_now() -> None:
    came = encode(seal(detected(), {A_SIGNAL: KEY}), "t")
    opened = unseal(decode(came), {A_SIGNAL: KEY})

    assert opened.data.personal
    assert as_it_came(opened, "t") == came
    assert as_it_came(seal(opened, {A_SIGNAL: OTHER_KEY}), "t") != came


def test_an_event_about_two_dossiers_carries_a_block_for_each() -> None:
    both = event(example(CaseProposed, personal={A_SIGNAL: PERSONAL, A_TIP: PERSONAL}))

    sealed = seal(both, {A_SIGNAL: KEY, A_TIP: OTHER_KEY})

    assert set(sealed.data.sealed) == {A_SIGNAL, A_TIP}
    assert unseal(sealed, {A_SIGNAL: KEY, A_TIP: OTHER_KEY}).data.personal == both.data.personal


def test_each_sealing_takes_a_nonce_of_its_own() -> None:
    once, again = seal(detected(), {A_SIGNAL: KEY}), seal(detected(), {A_SIGNAL: KEY})

    assert once.data.sealed != again.data.sealed
    assert len(base64.b64decode(once.data.sealed[A_SIGNAL])[:12]) == 12


def test_a_dossier_without_a_key_is_told_as_erased_and_the_rest_still_opens() -> None:
    sealed = seal(event(example(CaseProposed, personal={A_SIGNAL: PERSONAL, A_TIP: PERSONAL})), dict.fromkeys(
        (A_SIGNAL, A_TIP), KEY
    ))  # fmt: skip

    opened = unseal(sealed, {A_TIP: KEY})

    assert opened.data.erased == (A_SIGNAL,)
    assert opened.data.personal == {A_TIP: PERSONAL}
    assert opened.data.sealed == {}


@pytest.mark.parametrize(
    "moved",
    [
        lambda sealed: replace(sealed, envelope=sealed.envelope.model_copy(update={"id": "another"})),
        lambda sealed: replace(sealed, envelope=sealed.envelope.model_copy(update={"type": "vn.phoihop.case.x.v1"})),
        lambda sealed: with_blocks(sealed, {A_TIP: sealed.data.sealed[A_SIGNAL]}),
    ],
    ids=["event", "type", "dossier"],
)
def test_a_block_moved_elsewhere_does_not_open(moved: Move) -> None:
    with pytest.raises(SealBroken):
        unseal(moved(seal(detected(), {A_SIGNAL: KEY})), {A_SIGNAL: KEY, A_TIP: KEY})


@pytest.mark.parametrize("block", ["", "not base64", "AAAA", base64.b64encode(bytes(60)).decode()])
def test_a_damaged_block_does_not_open(block: str) -> None:
    with pytest.raises(SealBroken) as broken:
        unseal(with_blocks(seal(detected(), {A_SIGNAL: KEY}), {A_SIGNAL: block}), {A_SIGNAL: KEY})

    assert str(A_SIGNAL) not in str(broken.value)


def test_another_key_does_not_open_and_the_error_quotes_nothing() -> None:
    with pytest.raises(SealBroken) as caught:
        unseal(seal(detected(), {A_SIGNAL: KEY}), {A_SIGNAL: OTHER_KEY})

    assert caught.value.__cause__ is None
    assert "InvalidTag" in str(caught.value)


def test_nothing_is_sealed_without_a_key() -> None:
    with pytest.raises(KeyMissing) as missing:
        seal(detected(), {})

    assert missing.value.dossier == A_SIGNAL
    assert str(A_SIGNAL) not in str(missing.value)


def test_the_shape_is_exactly_as_large_as_what_is_sealed() -> None:
    shape, sealed = sealed_shape(detected()), seal(detected(), {A_SIGNAL: KEY})

    assert len(encode(shape, "t").value) == len(encode(sealed, "t").value)
    assert not any(base64.b64decode(shape.data.sealed[A_SIGNAL]))


def test_a_wrapped_key_opens_for_its_dossier_alone() -> None:
    ring = a_keyring(Hands())
    wrapped = ring.wrap(A_SIGNAL, KEY)

    assert KEY not in wrapped
    assert ring.unwrap(A_SIGNAL, wrapped) == KEY
    with pytest.raises(SealBroken):
        ring.unwrap(A_TIP, wrapped)


def test_a_key_is_remembered_for_five_minutes_and_its_own_purpose() -> None:
    hands = Hands()
    ring = a_keyring(hands)
    ring.remember({A_SIGNAL: KEY}, "route")

    hands.now = NOW + CACHE_AGE - timedelta(milliseconds=1)
    assert ring.recall(A_SIGNAL, "route") == KEY
    assert ring.recall(A_SIGNAL, "deliver") is None

    hands.now = NOW + CACHE_AGE
    assert ring.recall(A_SIGNAL, "route") is None


def test_a_key_past_its_time_is_not_only_not_given_but_let_go() -> None:
    hands = Hands()
    ring = a_keyring(hands)
    ring.remember({A_SIGNAL: KEY, A_TIP: OTHER_KEY}, "route")
    hands.now = NOW + CACHE_AGE

    assert ring.recall_all([A_SIGNAL, A_TIP], "route") == {}
    assert not ring._kept


def test_recalling_a_key_does_not_prolong_it() -> None:
    hands = Hands()
    ring = a_keyring(hands)
    ring.remember({A_SIGNAL: KEY}, "route")

    for minute in range(1, 5):
        hands.now = NOW + timedelta(minutes=minute)
        assert ring.recall(A_SIGNAL, "route") == KEY
    hands.now = NOW + timedelta(minutes=5)

    assert ring.recall(A_SIGNAL, "route") is None


def test_only_so_many_keys_are_remembered_and_the_oldest_go_first() -> None:
    ring = a_keyring(Hands(), capacity=3)
    dossiers = [UUID(int=number) for number in range(5)]

    ring.remember(dict.fromkeys(dossiers, KEY), "route")

    assert [ring.recall(dossier, "route") for dossier in dossiers] == [None, None, KEY, KEY, KEY]


def test_keys_are_random_256_bits() -> None:
    ring = a_keyring(Hands())

    assert len({ring.new_key() for _ in range(10)}) == 10
    assert len(ring.new_key()) == 32


def test_the_master_keyset_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "master.json"
    path.write_text(new_master_keyset())

    wrapped = Keyring.load(path, Hands()).wrap(A_SIGNAL, KEY)

    assert Keyring.load(path, Hands()).unwrap(A_SIGNAL, wrapped) == KEY


def test_a_file_that_holds_no_keyset_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.json"
    path.write_text("{}")

    with pytest.raises(tink.TinkError):
        Keyring.load(path, lambda: NOW)


def with_blocks(sealed: Event[SignalDetected], blocks: dict[UUID, str]) -> Event[SignalDetected]:
    return replace(sealed, data=sealed.data.model_copy(update={"sealed": blocks}))
