"""Which programs make up the bus, and how each is started."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Program:
    """One process: its name in logs and in `services.json`, its module, and whether it answers HTTP."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    has_door: bool = True
    may_end: bool = False
    """Whether it ends by itself when its work is done; any other that ends, however well, is started again."""

    def command(self) -> list[str]:
        """The command line, under the interpreter that runs this one."""
        return [sys.executable, "-m", self.module, *self.arguments]

    def given(self, *arguments: str) -> "Program":
        """The same program with further arguments."""
        return replace(self, arguments=(*self.arguments, *arguments))


DIRECTORY = Program("directory", "services.directory")
INTAKE = Program("intake", "services.intake")
GATEWAY = Program("gateway", "services.intake.gateway")
UNMASK = Program("unmask", "services.intake.unmask")
CASES = Program("cases", "services.cases")
NOTIFICATIONS = Program("notifications", "services.notifications")
CONSOLE = Program("console", "services.console")
PUBLIC = Program("public", "services.console.public")
CUSTOMS_STANDIN = Program("customs-standin", "adapters.customs.standin")
CUSTOMS_ADAPTER = Program("customs-adapter", "adapters.customs", has_door=False)

BUS: Sequence[Program] = (DIRECTORY, INTAKE, GATEWAY, CASES, NOTIFICATIONS, CONSOLE, PUBLIC, UNMASK)
"""The product. Each program waits by itself for what it needs, so the order is only that of the listing."""

AGENCIES: Sequence[Program] = (CUSTOMS_STANDIN, CUSTOMS_ADAPTER)
"""The agencies' side, as far as it is played by stand-ins."""
