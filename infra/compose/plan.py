"""Which program is given which secrets, and how it is called, where each runs in a container of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.stack.access import SLOTS
from infra.stack.key_files import (
    ACTOR_SIGNING,
    DIRECTORY_ADMIN,
    MASTER,
    PUBLIC_SERVICE,
    RECEIPT_PEPPER,
    SCRAPE_TOKEN,
    SEARCH_PEPPER,
    SUBJECT_PEPPER,
    VAULT_PRIVATE,
    VAULT_PUBLIC,
)

#: Every program listens on this port of its own container.
PORT = 8000
CUSTOMS = "customs"
STANDIN_TOKEN = "customs-standin-token"  # noqa: S105 - the name of the secret's file


@dataclass(frozen=True, slots=True)
class Share:
    """What one program is given: its own login at the broker and the database, keys by name, its units' logins."""

    keys: tuple[str, ...] = ()
    broker: bool = False
    database: bool = False
    agency: str = ""
    door: bool = True

    def secrets(self, program: str, units: Mapping[str, str]) -> list[str]:
        """The names of the program's secret files; `units` is unit to agency."""
        return [
            *self.keys,
            *([f"postgres/{program}"] if self.database else []),
            *([f"kafka/{program}"] if self.broker else []),
            *(f"kafka/{unit}" for unit, agency in units.items() if self.agency and agency == self.agency),
        ]


#: By the names of `cli.supervisor.roster`. The public door gets one service key and nothing that opens anything else;
#: the private half of the vault's key goes to unmask alone. Each program of the bus has the token of its numbers.
SHARES: Mapping[str, Share] = {
    "directory": Share((SCRAPE_TOKEN, ACTOR_SIGNING, DIRECTORY_ADMIN, PUBLIC_SERVICE), database=True),
    "intake": Share((SCRAPE_TOKEN, MASTER, VAULT_PUBLIC, RECEIPT_PEPPER), broker=True, database=True),
    "gateway": Share((SCRAPE_TOKEN, MASTER, RECEIPT_PEPPER), broker=True, database=True),
    "unmask": Share((SCRAPE_TOKEN, VAULT_PRIVATE), database=True),
    "cases": Share((SCRAPE_TOKEN, MASTER, SUBJECT_PEPPER), broker=True, database=True),
    "notifications": Share((SCRAPE_TOKEN, MASTER), broker=True, database=True),
    "console": Share((SCRAPE_TOKEN, MASTER, SEARCH_PEPPER), broker=True, database=True),
    "public": Share((SCRAPE_TOKEN, PUBLIC_SERVICE)),
    "customs-standin": Share((STANDIN_TOKEN,)),
    "customs-adapter": Share((STANDIN_TOKEN,), agency=CUSTOMS, door=False),
}


def addresses(shares: Mapping[str, Share] = SHARES) -> dict[str, str]:
    """Program to base URL, for every program that answers HTTP: a program's name is its container's."""
    return {name: f"http://{name}:{PORT}" for name, share in shares.items() if share.door}


def everyones(units: Mapping[str, str]) -> Sequence[str]:
    """Every secret of the bus that a start needs, the administrators' and both slots of each unit's among them."""
    given = [name for program, share in SHARES.items() for name in share.secrets(program, units)]
    slots = [f"kafka/{unit}{slot}" for unit in units for slot in SLOTS]
    return list(dict.fromkeys(["kafka/admin", "kafka/broker", "kafka/controller", "postgres/postgres", *given, *slots]))
