"""Brings the quotas of the broker's users to what is declared."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from bus.kafka_access import KafkaSettings
from bus.kafka_quotas import QuotaClient, quota_client
from infra.stack.blocking import finish
from infra.stack.errors import ProvisioningUnseen
from infra.stack.quotas import Changes, Present, Quota, differences

_SECONDS = 30.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class QuotaAdmin:
    """The administrator's way to quotas. Calls raise `Transient`, `QuotasRefused` or `ProvisioningUnseen`."""

    settings: KafkaSettings

    def apply(self, declared: Sequence[Quota], principals: Collection[str]) -> tuple[str, ...]:
        """Give the principals the declared quotas and no other; returns those for whom something changed.

        The broker is not asked where there are neither.
        """
        if not (declared or principals):
            return ()
        return finish(self._settled(lambda present: differences(declared, principals, present)))

    def present(self) -> Present:
        """Every user that has a quota, with what it is."""
        return finish(self._present())

    async def _present(self) -> Present:
        async with quota_client(self.settings) as client:
            return await client.of_users()

    async def _settled(self, lacking: Callable[[Present], Changes]) -> tuple[str, ...]:
        async with quota_client(self.settings) as client:
            changes = lacking(await client.of_users())
            if changes:
                await client.alter(changes)
                await _served(client, lacking)
            return tuple(changes)


async def _served(client: QuotaClient, lacking: Callable[[Present], Changes]) -> None:
    """The controller answers before the broker has read what it decided; wait until it serves it."""
    try:
        async with asyncio.timeout(_SECONDS):
            while lacking(await client.of_users()):  # noqa: ASYNC110 - nobody tells when it is served
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        raise ProvisioningUnseen(_SECONDS) from None


def quota_admin(bootstrap: str, ca: Path, username: str, password: str) -> QuotaAdmin:
    """Signed in when it is first asked."""
    return QuotaAdmin(KafkaSettings(bootstrap, ca, username, password))
