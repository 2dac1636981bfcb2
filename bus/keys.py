"""The keys of dossiers as one transaction sees them: made by `keys.create`, opened by `keys.open`, which is audited.

Keys reach the process's keyring only once the transaction is committed: an opening that was rolled back left no trace
in the audit, so it must not serve anyone later.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from bus.database import Raw
from bus.sealing import Keyring

PUBLISH = "publish"
"""The purpose under which a publisher opens keys to seal with."""

_CREATE = "select keys.create($1::uuid[], $2::bytea[])"
_OPEN = "select dossier, wrapped from keys.open($1::uuid[], $2::text)"


class TransactionKeys:
    """Keys made and opened in one transaction."""

    def __init__(self, raw: Raw, keyring: Keyring) -> None:
        self._raw = raw
        self._keyring = keyring
        self._created: dict[UUID, bytes] = {}
        self._opened: dict[tuple[str, UUID], bytes] = {}

    async def create(self, dossiers: Sequence[UUID]) -> None:
        """Make a key for each dossier. Only its first publisher may; the database refuses a second key."""
        made = {dossier: self._keyring.new_key() for dossier in dossiers}
        wrapped = [self._keyring.wrap(dossier, key) for dossier, key in made.items()]
        await self._raw.execute(_CREATE, list(made), wrapped)
        self._created.update(made)

    async def open(self, dossiers: Collection[UUID], purpose: str) -> dict[UUID, bytes]:
        """The keys of these dossiers, in at most one call; one that was erased, or never made, is absent.

        Raises `SealBroken` if a stored key was not wrapped for its dossier under this master key.
        """
        found = {dossier: key for dossier in dossiers if (key := self._known(dossier, purpose)) is not None}
        missing = [dossier for dossier in dict.fromkeys(dossiers) if dossier not in found]
        if missing:
            rows = await self._raw.fetch(_OPEN, missing, purpose)
            opened = {row["dossier"]: self._keyring.unwrap(row["dossier"], row["wrapped"]) for row in rows}
            self._opened.update({(purpose, dossier): key for dossier, key in opened.items()})
            found |= opened
        return found

    async def to_seal(self, dossiers: Collection[UUID]) -> Mapping[UUID, bytes]:
        """Keys to publish under: those this transaction has seen for any purpose, the rest opened to publish."""
        seen = {dossier: key for (_, dossier), key in self._opened.items()} | self._created
        found = {dossier: seen[dossier] for dossier in dossiers if dossier in seen}
        return found | await self.open([dossier for dossier in dossiers if dossier not in found], PUBLISH)

    def mark(self) -> tuple[dict[UUID, bytes], dict[tuple[str, UUID], bytes]]:
        """What is known now, for `back_to`."""
        return dict(self._created), dict(self._opened)

    def back_to(self, mark: tuple[dict[UUID, bytes], dict[tuple[str, UUID], bytes]]) -> None:
        """Forget what was made or opened since the mark: the savepoint that held it was rolled back."""
        self._created, self._opened = mark

    def committed(self) -> None:
        """Let the keyring remember what was opened, each for its own purpose, and what was made."""
        self._keyring.numbers.created += len(self._created)
        self._keyring.numbers.opened += len(self._opened)
        self._keyring.remember(self._created, PUBLISH)
        for (purpose, dossier), key in self._opened.items():
            self._keyring.remember({dossier: key}, purpose)

    def _known(self, dossier: UUID, purpose: str) -> bytes | None:
        key = self._created.get(dossier) or self._opened.get((purpose, dossier))
        return key or self._keyring.recall(dossier, purpose)
