"""The keys of dossiers as one transaction sees them: made, opened on record, and destroyed, by functions of `keys`.

Keys reach the process's keyring only once the transaction is committed: an opening that was rolled back left no trace
in the audit, so it must not serve anyone later. A key that the keyring remembers is used only after `keys.gone` has
said, in this very transaction, that it was not destroyed: no page shows what was erased before it was asked for.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from bus.database import Raw
from bus.sealing import Keyring

PUBLISH = "publish"
"""The purpose under which a publisher opens keys to seal with."""

_CREATE = "select keys.create($1::uuid[], $2::bytea[])"
_OPEN = "select dossier, wrapped from keys.open($1::uuid[], $2::text)"
_GONE = "select dossier from keys.gone($1::uuid[])"
_DESTROY = "select dossier from keys.destroy($1::uuid[], $2::text, $3::text)"


class TransactionKeys:
    """Keys made, opened and destroyed in one transaction."""

    def __init__(self, raw: Raw, keyring: Keyring) -> None:
        self._raw = raw
        self._keyring = keyring
        self._created: dict[UUID, bytes] = {}
        self._opened: dict[tuple[str, UUID], bytes] = {}
        self._alive: dict[tuple[str, UUID], bytes] = {}
        """Remembered by the keyring and found not to be destroyed; an opening of before, so never remembered anew."""
        self._destroyed: set[UUID] = set()

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
        wanted = dict.fromkeys(dossiers)
        found = self._known(wanted, purpose) if self._created or self._opened or self._alive else {}
        found |= await self._remembered([dossier for dossier in wanted if dossier not in found], purpose)
        missing = [dossier for dossier in wanted if dossier not in found]
        if missing:
            rows = await self._raw.fetch(_OPEN, missing, purpose)
            opened = {row["dossier"]: self._keyring.unwrap(row["dossier"], row["wrapped"]) for row in rows}
            self._opened.update({(purpose, dossier): key for dossier, key in opened.items()})
            found |= opened
        return found

    async def destroy(self, dossiers: Sequence[UUID], erased_for: str, basis: str) -> list[UUID]:
        """Destroy the keys of these dossiers for good; returns those that this call destroyed.

        Left out is one that is gone already, was never made, or whose first event another service publishes. The
        tombstone and the audit keep for whom and on what legal basis.
        """
        rows = await self._raw.fetch(_DESTROY, list(dossiers), erased_for, basis)
        gone = [UUID(int=row["dossier"].int) for row in rows]
        self._let_go(gone)
        return gone

    async def to_seal(self, dossiers: Collection[UUID]) -> Mapping[UUID, bytes]:
        """Keys to publish under: those this transaction has seen for any purpose, the rest opened to publish."""
        seen = {dossier: key for (_, dossier), key in self._opened.items()} | self._created
        found = {dossier: seen[dossier] for dossier in dossiers if dossier in seen}
        return found | await self.open([dossier for dossier in dossiers if dossier not in found], PUBLISH)

    def mark(self) -> tuple[dict[UUID, bytes], dict[tuple[str, UUID], bytes]]:
        """What is known now, for `back_to`."""
        return dict(self._created), dict(self._opened)

    def back_to(self, mark: tuple[dict[UUID, bytes], dict[tuple[str, UUID], bytes]]) -> None:
        """Forget what was made or opened since the mark: the savepoint that held it was rolled back.

        What was destroyed since stays forgotten too: opening it again is asked of the database.
        """
        self._created, self._opened = mark

    def committed(self) -> None:
        """Let the keyring remember what was opened, each for its own purpose, and what was made; not what is gone."""
        self._keyring.numbers.created += len(self._created)
        self._keyring.numbers.opened += len(self._opened)
        self._keyring.remember(self._created, PUBLISH)
        opened: defaultdict[str, dict[UUID, bytes]] = defaultdict(dict)
        for (purpose, dossier), key in self._opened.items():
            opened[purpose][dossier] = key
        for purpose, keys in opened.items():
            self._keyring.remember(keys, purpose)

    def _known(self, dossiers: Collection[UUID], purpose: str) -> dict[UUID, bytes]:
        """Those that this transaction made, opened for the purpose, or found whole."""
        found = {}
        for dossier in dossiers:
            known = (purpose, dossier)
            key = self._created.get(dossier) or self._opened.get(known) or self._alive.get(known)
            if key is not None:
                found[dossier] = key
        return found

    async def _remembered(self, dossiers: Collection[UUID], purpose: str) -> dict[UUID, bytes]:
        """The keys that the keyring holds of these and the database has not destroyed since."""
        kept = self._keyring.recall_all(dossiers, purpose)
        if not kept:
            return {}
        self._let_go([row["dossier"] for row in await self._raw.fetch(_GONE, list(kept))])
        alive = {one: key for one, key in kept.items() if one not in self._destroyed}
        self._alive.update({(purpose, one): key for one, key in alive.items()})
        return alive

    def _let_go(self, gone: Collection[UUID]) -> None:
        if not gone:
            return
        self._destroyed.update(gone)
        for one in gone:
            self._created.pop(one, None)
        for kept in (self._opened, self._alive):
            for known in [known for known in kept if known[1] in self._destroyed]:
                del kept[known]
        self._keyring.forget(gone)
