"""The customs adapter: `python -m adapters.customs [--once]`.

Reads the customs system named `customs-standin` in `<home>/services.json` with the token in
`<home>/secrets/customs-standin-token`, and sends a signal for each flagged declaration on `from.<unit>` of the unit
that `offices.csv` names for its office, with that unit's own credentials (`<home>/secrets/kafka/<unit>`). Its position
and what it could not read lie in `<home>/adapters/customs/`. With `--once` it ends with 0 when the source is
exhausted; without, it goes on looking. The home is `PHOIHOP_HOME`; exit codes are those of `adapters/sdk/process.py`.
"""

import argparse
from datetime import UTC, datetime

import httpx2

import reference
from adapters.customs.adapter import CustomsAdapter
from adapters.customs.offices import Offices
from adapters.customs.settings import SOURCE, TOKEN, CustomsSettings
from adapters.customs.signal import Reporting
from adapters.sdk.cursor import CursorFile
from adapters.sdk.paging import Pager
from adapters.sdk.process import run
from adapters.sdk.quarantine import Quarantine
from adapters.sdk.sender import Sender
from bus.identity import system_clock
from bus.kafka import KafkaBroker
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date

NAME = "customs"


async def work(settings: CustomsSettings, *, once: bool) -> None:
    """Read the source to its end and, unless `once`, go on looking for more."""
    folder = settings.home / "adapters" / NAME
    quarantine = Quarantine(folder / "quarantine", system_clock)
    couriers = ReferenceBook.load(reference.folder()).terms_at("couriers", vietnam_date(datetime.now(UTC)))
    reporting = Reporting(Offices.load(), frozenset(courier.code for courier in couriers), settings.topics)
    timeout = httpx2.Timeout(settings.customs_timeout)
    async with (
        httpx2.AsyncClient(base_url=settings.url(SOURCE), timeout=timeout, trust_env=False) as client,
        Sender(lambda unit: KafkaBroker(settings.kafka(unit))) as sender,
    ):
        pager = Pager(client, "/declarations", "declarations", lambda: settings.secret(TOKEN), quarantine)
        cursor = CursorFile(folder / "cursor.json")
        adapter = CustomsAdapter(pager, reporting, sender, cursor, quarantine, settings.customs_page)
        await (adapter.once() if once else adapter.follow(settings.customs_every))


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m adapters.customs", description="Carries flagged declarations.")
    parser.add_argument("--once", action="store_true", help="end with 0 when the source is exhausted")
    asked = parser.parse_args()
    settings = CustomsSettings()
    run(NAME, work(settings, once=asked.once), settings.log)


if __name__ == "__main__":
    main()
