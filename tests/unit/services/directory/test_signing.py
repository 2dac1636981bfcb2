"""The signing key: read from a file, used to sign, shown to the world without its private half."""

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey

from runtime_builders import NOON, OFFICER, Clock, KnownKeys, signing_key
from services.directory.signing import Signer
from services.runtime.actors import Actors
from services.runtime.claims import Claims
from services.runtime.errors import BrokenFile


def written(folder: Path, content: Any) -> Path:
    path = folder / "actor-signing.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def private(key: OKPKey) -> dict[str, Any]:
    return dict(key.as_dict(private=True))


async def test_what_is_signed_here_is_believed_at_every_door(tmp_path: Path) -> None:
    signer = Signer.load(written(tmp_path, private(signing_key())))
    claims = Claims.of(OFFICER, "Nguyễn Văn An", NOON)
    public = [OKPKey.import_key(entry) for entry in signer.jwks()["keys"]]
    assert await Actors(KnownKeys(*public), Clock()).verify(signer.sign(claims)) == claims


async def test_the_world_sees_no_private_half(tmp_path: Path) -> None:
    first, second = signing_key(), signing_key()
    signer = Signer.load(written(tmp_path, {"keys": [private(first), private(second)]}))
    shown = signer.jwks()["keys"]
    assert [set(key) for key in shown] == [{"kty", "crv", "x", "kid", "use", "alg"}] * 2


async def test_a_replaced_key_still_verifies_while_the_new_one_signs(tmp_path: Path) -> None:
    old, new = signing_key(), signing_key()
    before = Signer.load(written(tmp_path, private(old)))
    token = before.sign(Claims.of(OFFICER, "", NOON))
    after = Signer.load(written(tmp_path, {"keys": [private(new), private(old)]}))
    assert (await Actors(after, Clock()).verify(token)).sub == OFFICER.person
    newer = after.sign(Claims.of(OFFICER, "", NOON))
    assert (await Actors(KnownKeys(new), Clock()).verify(newer)).sub == OFFICER.person


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", {"keys": []}, {"keys": [{"kty": "OKP"}]}, "null"])
def test_a_file_without_a_key_is_told_with_the_remedy(tmp_path: Path, content: Any) -> None:
    with pytest.raises(BrokenFile, match=r"actor-signing\.json cannot be used.*phoihop stack up"):
        Signer.load(written(tmp_path, content))


@pytest.mark.parametrize("kind", ["public", "no kid", "X25519", "P-256"])
def test_only_a_private_ed25519_key_with_an_id_will_do(tmp_path: Path, kind: str) -> None:
    key = signing_key()
    wrong = {
        "public": key.as_dict(private=False),
        "no kid": {name: value for name, value in private(key).items() if name != "kid"},
        "X25519": OKPKey.generate_key("X25519", auto_kid=True).as_dict(private=True),
        "P-256": ECKey.generate_key("P-256", auto_kid=True).as_dict(private=True),
    }
    with pytest.raises(BrokenFile):
        Signer.load(written(tmp_path, wrong[kind]))
