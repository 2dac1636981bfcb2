"""The live table of the demo: each row is about its agency alone."""

from io import StringIO

from rich.console import Console

from cli.demo.show import deliveries
from cli.received import Received

AGENCY = {"ca-79": "police", "qltt-79": "market_surveillance", "qltt-20": "market_surveillance"}


def seen(unit: str, number: int, kind: str) -> Received:
    return Received(unit, number - 1, number, None, f"e-{unit}-{number}", kind, "s-1", "full", {}, 1.0)


def lines_of(*received: Received) -> list[str]:
    out = StringIO()
    Console(file=out, width=120).print(deliveries(received, AGENCY))
    return out.getvalue().splitlines()


def test_a_row_tells_the_latest_of_its_own_agency_and_how_many_its_units_received() -> None:
    lines = lines_of(
        seen("qltt-79", 1, "case.proposed"), seen("qltt-20", 1, "case.claimed"), seen("ca-79", 1, "case.closed")
    )

    (surveillance,) = [line for line in lines if "market_surveillance" in line]
    (police,) = [line for line in lines if "police" in line]
    assert "2" in surveillance
    assert "#1 qltt-20  case.claimed" in surveillance
    assert "#1 ca-79  case.closed" in police


def test_answers_to_commands_are_no_deliveries() -> None:
    lines = lines_of(seen("ca-79", 1, "case.claimed"), seen("ca-79", 2, "command.accepted"))

    assert any("1 deliveries to 1 units" in line for line in lines)
    assert not any("command.accepted" in line for line in lines)
