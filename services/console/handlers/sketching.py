"""Entries told without opening or decoding them: what a drawing and the head of a case need of thousands of them.

A sketch says less than the cut of the same entry, never more: names below are those that the view `fields` shows, and
a pointer keeps its holder alone.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from schemas.views import View
from services.console.model.entry import Kept
from services.console.model.seen import Seen, placed_at

_TOLD = ("case_no", "holder", "claimed_by", "rule", "offered", "unit", "won_by", "won_at", "closed_by", "route")
_ORIGIN = ("kind", "sender")


def sketched(kept: Kept, view: View) -> Seen:
    """The entry for a viewer with this view, which is not `none`."""
    entry = kept.entry
    source = kept.headers.get("ce_source", "")
    return Seen(
        id=entry.event_id,
        kind=entry.kind,
        view=view,
        unit=source.split("/")[2] if source.count("/") > 1 else "",
        acttime=placed_at(view, entry.acttime, entry.recordedtime),
        recordedtime=entry.recordedtime,
        change=kept.change,
        data=_told(orjson.loads(kept.payload), view),
    )


def _told(data: Mapping[str, Any], view: View) -> dict[str, Any]:
    if view is View.POINTER:
        return {"holder": data.get("holder")}
    told = {name: data[name] for name in _TOLD if data.get(name) is not None}
    if origin := data.get("origin"):
        told["origin"] = {name: origin[name] for name in _ORIGIN if name in origin}
    province = ((data.get("facts") or {}).get("place") or {}).get("province")
    return told | {"facts": {"place": {"province": province}}} if province else told
