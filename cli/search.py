"""`phoihop search`: cases and tips that the own unit may see, by number, identifier or words.

Exit codes: 0 asked, whether or not something was found; 1 refused (the words cannot be searched for, or the account
may search nothing); 2 wrong usage; 3 console cannot be reached; 4 nobody is signed in.
"""

from typing import Annotated, Any

import typer

from cli.client import calling, say

app = typer.Typer()
Words = Annotated[list[str], typer.Argument(metavar="WORDS…", help="Numbers, identifiers as typed, sites, words.")]


@app.command()
def search(
    words: Words,
    after: Annotated[str | None, typer.Option(help="The mark that the last page ended with.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Find cases and tips by every one of these words, the last changed first.

    Words with marks find what is so written or bears no marks at all; words without marks find either.
    Exits with 0 also where nothing was found, 1 where the words are refused.
    """
    asked = {"q": " ".join(words)} | ({"after": after} if after else {})
    with calling("console", as_json=as_json) as console:
        found = console.get("/api/search", params=asked).json()
    rows = [_row(hit) for hit in found["hits"]]
    more = [f"more: --after {found['next']}"] if found["next"] else []
    say(found, as_json=as_json, text="\n".join([*rows, *more]) or "nothing that this unit may see was found")


def _row(hit: dict[str, Any]) -> str:
    if hit["type"] == "case":
        shown = (hit["state"], hit["holder"] or hit["lead"], hit["case_no"])
    else:
        shown = (hit["state"], hit["desk"], hit["tip_no"])
    texts = [str(part or "-") for part in shown]
    became = f"  case {hit['case_id']}" if hit.get("case_id") else ""
    return "{:<4}  {:<36}  {:<9} {:<14} {}{}".format(hit["type"], hit["id"], *texts, became)
