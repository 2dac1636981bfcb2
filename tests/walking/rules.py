"""How each door is knocked at. A door without a rule fails the walk: whoever makes one says here what may be asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bus.parked import ParkedAt
from bus_people import Proof
from services.console.sessions import form_token
from services.runtime.parked_rows import id_of
from walking.doors import Door

PAPER = {"approver": "Phó Chánh Văn phòng", "document": {"number": "1/CV", "dated": "2026-11-24"}}
VERBS: Mapping[str, dict[str, Any]] = {
    "refuse": {"code": "quay_roi"},
    "advise": {"advised_to": "nơi khác"},
    "forward": PAPER,
    "hold": {"named_units": ["ca-79"], "reason": "thử"},
}
TABS = tuple({"state": word} for word in ("proposed", "claimed", "mine", "silent", "closed"))
FILTERS = ({"province": "79"}, {"unit": "police", "since": "2026-01-01"})
STATES = ("received", "refused", "advised", "linked", "forwarded", "held")


@dataclass(frozen=True, slots=True)
class Knock:
    """The ids that are asked about, of one tip and what came of it; `own` is a tip that the desk may see."""

    tip: str
    case: str
    integrity: str
    own: str

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids whose mere echo tells the asker nothing new."""
        return (self.tip, self.case, self.integrity)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request at a door, its path filled in."""

    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What to ask. `names`: the requests name a record, so a hidden one must be answered like one that never was."""

    asks: Callable[[Door, Knock, Proof], Sequence[Ask]]
    names: bool = True
    streams: bool = False
    """Never ends by itself: walked beside the others, for as long as something comes."""


def _filled(door: Door, knock: Knock, proof: Proof, **more: str) -> str:
    known = {
        "tip_id": knock.tip,
        "tip": knock.tip,
        "dossier": knock.tip,
        "case_id": knock.case,
        "login": "khong-co-ai",
        "slot": "a",
    }
    known["list_id"], known["parked_id"] = _NO_LIST, _NOTHING_PARKED
    return door.path.format(**{**known, "unit": proof.unit or "customs-hq", **more})


def once(body: Mapping[str, Any] | None = None, **params: str) -> Rule:
    """One request that names no record."""
    return Rule(lambda door, knock, proof: [Ask(_filled(door, knock, proof), params, body)], names=False)


def each(*queries: Mapping[str, str]) -> Rule:
    """One request for each query, none of which names a record."""
    return Rule(lambda door, knock, proof: [Ask(_filled(door, knock, proof), query) for query in queries], names=False)


def named(*bodies: Mapping[str, Any] | None) -> Rule:
    """One request about the record in the path for each body."""
    return Rule(lambda door, knock, proof: [Ask(_filled(door, knock, proof), {}, body) for body in bodies or (None,)])


def _asked_of(*queries: Mapping[str, str]) -> Rule:
    return Rule(lambda door, knock, proof: [Ask(_filled(door, knock, proof), query) for query in queries])


def _decisions(door: Door, knock: Knock, proof: Proof) -> list[Ask]:
    about = [Ask(_filled(door, knock, proof, verb=verb), {}, body) for verb, body in VERBS.items()]
    linked = Ask(_filled(door, knock, proof, verb="link"), {}, {"linked_to": knock.own})
    to_it = Ask(door.path.format(tip_id=knock.own, verb="link"), {}, {"linked_to": knock.tip})
    return [*about, linked, to_it]


def _lying(door: Door, knock: Knock, proof: Proof) -> list[Ask]:
    whole = [Ask(door.path, {"limit": "200", **state}) for state in ({}, *({"state": one} for one in STATES))]
    return [*whole, *([Ask(door.path, {"limit": "200", "after": knock.tip})] if knock.tip else [])]


def _case_dossier(door: Door, knock: Knock, proof: Proof) -> list[Ask]:
    """About the case; its erasure is asked for without saying on what basis, so that nothing can end by it."""
    body: dict[str, Any] | None = {} if door.method == "POST" else None
    return [Ask(_filled(door, knock, proof, dossier=knock.case), {}, body)]


def _feeds(door: Door, _knock: Knock, proof: Proof) -> list[Ask]:
    """The own feed whole, and those of units that one has no business with."""
    units = dict.fromkeys((proof.unit, "qltt-79", "integrity-389", "customs-hq"))
    return [Ask(door.path.format(unit=unit), {"limit": "500"}) for unit in units if unit]


def _claim_form(door: Door, knock: Knock, proof: Proof) -> list[Ask]:
    fields = {"form_token": form_token(proof.session), "key": str(uuid4())}
    return [Ask(_filled(door, knock, proof), form=fields)]


def _of_no_projection(body: Mapping[str, Any] | None) -> Rule:
    return Rule(lambda door, *_: [Ask(door.path.format(projection="khong-co"), {}, body)], names=False)


def _searches(door: Door, knock: Knock, _proof: Proof) -> list[Ask]:
    """By the ids of the record; what its words and numbers find is asked by a test of its own."""
    return [Ask(door.path, {"q": id_}) for id_ in (knock.tip, knock.case)]


def _nobody() -> dict[str, str]:
    """A new name each time: ten wrong passwords under one name close the door to it for a while."""
    return {"login": f"khong-co-{uuid4().hex}", "password": "khong-dung-dau"}


_FORM = {"channel": "phone", "content": "Không nêu ai.", "facts": {"stages": ["khong-co"]}}
_NO_LIST = "0198f0c0-0000-7000-8000-00000000dead"
"""Lists are no tips: who asks for one of another desk is answered as for one that never was."""
_NOTHING_PARKED = id_of(ParkedAt("planted", "phoihop.tip.v1", 0, 1))
_SOME_RECEIPT = {"receipt": "0000-0000-0000-0000-0"}
_OF_ALL = {"/healthz": once(), "/readyz": once(), "/openapi.json": once(), "/metrics": once()}
_LOG = {"/outbox": once(), "/outbox/resends": each({}, {"limit": "200"}), "/log": once()}
_LOG_ACTS = {"/outbox/resends": once({"topic": "thiếu lý do"}), "/log/accept": once({"topic": "thiếu các trường khác"})}
_PARKED = {
    "/parked": each({}, {"limit": "500"}),
    "/parked/log": each({}, {"limit": "500"}),
    "/parked/{parked_id}": Rule(lambda *_: [], names=False),
}
"""The ids of parked records come from the list, so the walk asks for each that it was shown."""
_PARKED_ACTS = {
    "/parked/redrive": once({"most": 1}),
    "/parked/{parked_id}/redrive": once({"key": True}),
    # Of a place where nothing is parked: the walk takes nothing away.
    "/parked/{parked_id}/discard": once({"reason": "kiểm tra các cửa"}),
}

RULES: Mapping[str, Rule] = {
    "directory POST /sessions": Rule(lambda door, *_: [Ask(door.path, {}, _nobody())], names=False),
    # Without a session of its own, so that nobody who walks is signed out.
    "directory DELETE /sessions": once(),
    "directory POST /tokens": once({}),
    "directory GET /jwks.json": once(),
    "directory GET /me": once(),
    "directory POST /people": once({"login": "x"}),
    "directory DELETE /people/{login}": once(),
    "directory GET /units": once(),
    "directory POST /units/{unit}/keys": Rule(
        lambda door, *_: [Ask(door.path.format(unit="khong-co"), {}, {})], names=False
    ),
    "directory DELETE /units/{unit}/keys/{slot}": Rule(
        lambda door, *_: [Ask(door.path.format(unit="khong-co", slot="a"))], names=False
    ),
    "intake POST /tips": once(_FORM),
    "intake POST /tips/status": once(_SOME_RECEIPT),
    "intake POST /desk/tips": once(_FORM),
    "intake GET /desk/tips": Rule(_lying, names=False),
    "intake GET /desk/tips/{tip_id}": named(),
    "intake GET /desk/tips/{tip_id}/route": named(),
    "intake GET /desk/tips/{tip_id}/access": _asked_of({"part": "content"}, {"part": "informant"}),
    "intake POST /desk/tips/{tip_id}/{verb}": Rule(_decisions),
    "intake GET /desk/tips/{tip_id}/reports": named(),
    "intake GET /desk/lists": once(limit="200"),
    "intake POST /desk/lists": once({"file_name": "thiếu các trường khác"}),
    "intake GET /desk/lists/{list_id}": once(),
    "intake GET /desk/lists/{list_id}/refused": once(),
    "intake POST /desk/lists/{list_id}/rows": once({"after": 0}),
    "intake POST /signals": once({"reference": "thiếu các trường khác"}),
    "intake GET /integrity/tips": once(limit="200"),
    "intake GET /dossiers/due": once(),
    "intake GET /dossiers/{dossier}": named(),
    # Without a basis, so that nothing of the record that one may see can end by it.
    "intake POST /dossiers/{dossier}/erase": named({}),
    "cases POST /cases/{case_id}/claim": named({}),
    "cases POST /cases/{case_id}/close": named({"outcome": "TICH_THU"}),
    "cases GET /dossiers/{dossier}": Rule(_case_dossier),
    "cases POST /dossiers/{dossier}/erase": Rule(_case_dossier),
    "notifications GET /feeds/{unit}/events": Rule(_feeds, names=False),
    "notifications GET /feeds/{unit}/replays": Rule(_feeds, names=False),
    # Without a reason: it must write nothing again.
    "notifications POST /feeds/{unit}/replays": once({}),
    "notifications GET /integrity/copies/{tip}": named(),
    "notifications GET /dossiers/{dossier}/feeds": named(),
    "console GET /": once(),
    "console GET /sign-in": once(),
    "console POST /sign-in": Rule(lambda door, *_: [Ask(door.path, form=_nobody())], names=False),
    # Without the token of a form: it must sign nobody out.
    "console POST /sign-out": Rule(lambda door, *_: [Ask(door.path, form={"form_token": "x"})], names=False),
    "console GET /lists": each({}, {"lang": "en"}),
    "console GET /lists/{list_id}": once(),
    # Without the token of a form: it must import nothing.
    "console POST /lists": Rule(lambda door, *_: [Ask(door.path, form={"form_token": "x"})], names=False),
    "console GET /cases": each({}, {"lang": "en"}, *TABS, *FILTERS),
    "console GET /cases/{case_id}": _asked_of({}, {"lang": "en"}),
    "console GET /cases/{case_id}/claim": named(),
    "console POST /cases/{case_id}/claim": Rule(_claim_form),
    "console GET /cases/stream": Rule(lambda door, *_: [Ask(door.path, {"since": "0"})], names=False, streams=True),
    "console GET /cases/{case_id}/stream": Rule(
        lambda door, knock, proof: [Ask(_filled(door, knock, proof), {"since": "0"})], streams=True
    ),
    "console GET /search": Rule(_searches),
    "console GET /api/search": Rule(_searches),
    "console GET /api/cases": each({}, *TABS, *FILTERS),
    "console GET /api/cases/{case_id}": named(),
    "console GET /static": Rule(lambda *_: [Ask("/static/phoihop.css")], names=False),
    "console GET /projections": once(),
    # Of none that there is: it must make nothing again, and change nothing.
    "console POST /projections/{projection}/rebuild": _of_no_projection({}),
    "console POST /projections/{projection}/switch": _of_no_projection(None),
    "console POST /projections/{projection}/rollback": _of_no_projection(None),
    "public GET /": once(),
    "public POST /tips": once(_FORM),
    "public POST /tips/status": once(_SOME_RECEIPT),
    "public GET /schemas/{kind}/{minor}/{view}": Rule(
        lambda *_: [Ask("/schemas/vn.phoihop.case.proposed.v1/1.0/fields"), Ask("/schemas/x/1.0/full")], names=False
    ),
    "unmask POST /vault/{tip}/open": named(
        {"part": "content", "purpose": "kiểm tra cửa"}, {"part": "informant", "purpose": "kiểm tra cửa"}
    ),
}


def rule_of(door: Door) -> Rule | None:
    """The rule for a door, None where nobody wrote one."""
    everywhere = {**_OF_ALL, **_PARKED, **_LOG} if door.method == "GET" else {**_PARKED_ACTS, **_LOG_ACTS}
    return everywhere.get(door.path) or RULES.get(str(door))
