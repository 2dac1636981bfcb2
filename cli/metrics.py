"""`phoihop metrics`: the numbers of the running services for people, and where Prometheus finds them.

Exit codes: 0 told; 1 a service does not know the token; 2 wrong usage; 3 a service, or what its home says, is away.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.client import EXIT_REFUSED, EXIT_UNREACHABLE
from cli.form_file import wrong_usage
from cli.stack import home

if TYPE_CHECKING:
    from prometheus_client import Metric

    from services.runtime.settings import Settings

app = typer.Typer()
_NOT_FOUND = 404
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Line:
    """One series as it is told: of a histogram its count and its mean."""

    metric: str
    labels: Mapping[str, str]
    value: float
    count: int | None = None


@app.command()
def metrics(
    service: Annotated[str | None, typer.Argument(help="One service; default: all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    scrape: Annotated[
        bool, typer.Option("--prometheus", help="Print a configuration by which Prometheus scrapes this bus.")
    ] = False,
) -> None:
    """What the services count: consumers, outboxes, doors, keys, database, process. docs/metrics.md explains each."""
    from services.runtime.errors import ConfigurationError
    from services.runtime.settings import Settings

    settings = Settings(home=home().root)
    try:
        urls = _chosen(_ours(settings.urls()), service)
        if scrape:
            typer.echo(configuration(settings, urls), nl=False)
            return
        token = settings.secrets.read("scrape-token")
    except ConfigurationError as error:
        _stop(str(error), EXIT_UNREACHABLE, as_json=as_json)
    found = {name: lines_of(_scraped(name, url, token, as_json=as_json)) for name, url in urls.items()}
    typer.echo(json.dumps(document(found)) if as_json else table(found))


def lines_of(text: str) -> list[Line]:
    """Every series of a scrape, in its order."""
    from prometheus_client.parser import text_string_to_metric_families

    return [line for family in text_string_to_metric_families(text) for line in _lines(family)]


def _lines(family: "Metric") -> Iterator[Line]:
    if family.type != "histogram":
        for sample in family.samples:
            yield Line(sample.name, sample.labels, sample.value)
        return
    counts = [sample for sample in family.samples if sample.name.endswith("_count")]
    sums = [sample.value for sample in family.samples if sample.name.endswith("_sum")]
    for sample, whole in zip(counts, sums, strict=True):
        mean = whole / sample.value if sample.value else 0.0
        yield Line(family.name, sample.labels, mean, int(sample.value))


def document(found: Mapping[str, Sequence[Line]]) -> dict[str, list[dict[str, object]]]:
    """The lines by service as JSON types; `count` stands at histograms, whose `value` is their mean."""
    return {
        name: [
            {"metric": line.metric, "labels": dict(line.labels), "value": line.value}
            | ({} if line.count is None else {"count": line.count})
            for line in lines
        ]
        for name, lines in found.items()
    }


def table(found: Mapping[str, Sequence[Line]]) -> str:
    """A paragraph for each service, a line for each series."""
    return "\n\n".join("\n".join([name, *(f"  {_told(line)}" for line in lines)]) for name, lines in found.items())


def _told(line: Line) -> str:
    labels = ", ".join(f"{name}={value}" for name, value in line.labels.items())
    value = f"{line.value:.6g}" if abs(line.value) < 1 else f"{line.value:,.10g}"
    value = value if line.count is None else f"{line.count} times, {line.value * 1000:.1f} ms on average"
    return f"{line.metric}{'{' + labels + '}' if labels else ''}  {value}"


def configuration(settings: "Settings", urls: Mapping[str, str]) -> str:
    """`prometheus.yml` for this home: every service at its address, the token from its file, our alerts."""
    from importlib.resources import files

    token = settings.secrets.path("scrape-token")
    rules = files("infra").joinpath("observability/alerts.yml")
    targets = "".join(
        f'      - targets: ["{url.removeprefix("http://")}"]\n        labels: {{service: {name}}}\n'
        for name, url in urls.items()
    )
    return (
        "global: {scrape_interval: 15s, evaluation_interval: 15s}\n"
        f'rule_files: ["{rules}"]\n'
        "scrape_configs:\n"
        "  - job_name: phoihop\n"
        f'    authorization: {{type: Bearer, credentials_file: "{token}"}}\n'
        "    static_configs:\n" + targets
    )


def _ours(urls: Mapping[str, str]) -> dict[str, str]:
    """The agencies' stand-ins are not ours: they have no numbers."""
    from cli.supervisor.roster import BUS

    names = {program.name for program in BUS}
    return {name: url for name, url in urls.items() if name in names}


def _chosen(urls: Mapping[str, str], service: str | None) -> Mapping[str, str]:
    if service is None:
        return urls
    if service not in urls:
        wrong_usage(f"no service {service!r} has numbers; use one of {', '.join(urls)}")
    return {service: urls[service]}


def _scraped(service: str, url: str, token: str, *, as_json: bool) -> str:
    import httpx2

    try:
        with httpx2.Client(trust_env=False, timeout=_SECONDS) as client:
            answer = client.get(f"{url}/metrics", headers={"Authorization": f"Bearer {token}"})
    except httpx2.TransportError as error:
        reason = f"{service} does not answer ({type(error).__name__}); run `phoihop up`, or look at `phoihop doctor`"
        _stop(reason, EXIT_UNREACHABLE, as_json=as_json)
    if answer.status_code == _NOT_FOUND:
        _stop(f"{service} runs with another scrape token than this home has: restart it", EXIT_REFUSED, as_json=as_json)
    return answer.raise_for_status().text


def _stop(reason: str, code: int, *, as_json: bool) -> NoReturn:
    typer.echo(json.dumps({"error": reason}, ensure_ascii=False) if as_json else f"error: {reason}", err=not as_json)
    raise typer.Exit(code)
