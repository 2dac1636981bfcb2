"""Who may see and do what: one table of rules, and the two questions that are asked of it, `view` and `decide`.

Pure and shared by every service. The defaults are those of the committee's table of roles; a committee may decide
otherwise, which is a change of TABLE and nothing else. Who sees which event, and whom a tip about an officer is hidden
from, is in `services/audience.py`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import reduce
from types import MappingProxyType

from schemas.envelope import Audience
from schemas.events.tip import TipReceived
from schemas.views import View

EVERYONE = "*"
"""A denial of every unit, save those that `everyone_but` excepts."""

NOBODY: Mapping[str, Collection[str]] = MappingProxyType({})
"""Members of no relation."""


def narrower(one: View, other: View) -> View:
    """The view that shows less; a replay is cut by the narrower of the view then and the view today."""
    return min(one, other)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Once its record is in this state, an event of this type is read with that view at most."""

    type: str
    state: str
    view: View


NARROWINGS = (Narrowing(TipReceived.type_name(), "forwarded", View.STATUS),)
"""What a later state takes from a view: a desk that forwarded a tip needs no more of it than how far it has come."""


def view_today(published: View, type_name: str, state: str | None) -> View:
    """The view of then, narrowed by the state of now (None where it is not known); it never widens."""
    narrowings = (row.view for row in NARROWINGS if (row.type, row.state) == (type_name, state))
    return reduce(narrower, narrowings, published)


def resolve(audience: Audience, unit: str, members: Mapping[str, Collection[str]] = NOBODY) -> View:
    """The widest view that the audience grants: to the unit by name, or by a relation such as `case:<id>#members`.

    `members` tells which units stand in each relation; a relation that the reader does not know grants nothing.
    """
    granted = (
        granted_view
        for holder, granted_view in audience.items()
        if (unit in members.get(holder, ()) if "#" in holder else holder == unit)
    )
    return max(granted, default=View.NONE)


def denied(unit: str, denials: Collection[str]) -> bool:
    """Whether the unit is denied: by name, or with everyone unless `everyone_but` excepted it. A name always wins."""
    return unit in denials or (EVERYONE in denials and _exception(unit) not in denials)


def everyone_but(units: Collection[str]) -> frozenset[str]:
    """Denials that leave only these units: what a held tip has, with the integrity units."""
    return frozenset({EVERYONE, *(_exception(unit) for unit in units)})


def _exception(unit: str) -> str:
    return f"~{unit}"


def view(
    audience: Audience, unit: str, denials: Collection[str], members: Mapping[str, Collection[str]] = NOBODY
) -> View:
    """What the unit may see of an event today. A denial always wins."""
    return View.NONE if denied(unit, denials) else resolve(audience, unit, members)


class Role(StrEnum):
    """What a person, or a unit's system account, may be."""

    OPERATOR = "operator"
    OFFICER = "officer"
    COORDINATOR = "coordinator"
    INTEGRITY_OFFICER = "integrity_officer"
    UNMASK_INFORMANT = "unmask_informant"
    PRIVACY_OFFICER = "privacy_officer"
    DIRECTORY_ADMIN = "directory_admin"
    SYSTEM = "system"


class Standing(StrEnum):
    """How the actor's unit must stand to the resource."""

    ANY = "any"
    OWN_UNIT = "own_unit"
    DESK = "desk"
    TIP_HOLDER = "tip_holder"
    CASE_LEAD = "case_lead"
    DOSSIER_KEEPER = "dossier_keeper"
    COMPETENT = "competent"
    AUDIENCE = "audience"
    INTEGRITY = "integrity"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as a token or a topic proved it. The public has neither person, unit nor role, only a scope."""

    person: str
    unit: str
    roles: frozenset[str] = field(default_factory=frozenset)
    purpose: str = ""
    scope: frozenset[str] = field(default_factory=frozenset)

    def told(self) -> str:
        """As JSON text: the header `actor` of an inbound topic, and what is recorded beside each command decided."""
        return json.dumps({"person": self.person, "unit": self.unit, "roles": sorted(self.roles)}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Resource:
    """What is acted on, as far as the table asks. Leave out what does not apply; what is left out grants nothing."""

    unit: str | None = None
    """The unit whose feed or signal it is."""
    holder: str | None = None
    """The desk that holds the tip, or the unit that answers for a dossier: its desk, its sender, its lead."""
    lead: str | None = None
    """The unit that claimed the case; None before a claim."""
    competent: frozenset[str] = field(default_factory=frozenset)
    """Lead and co of the rule in force."""
    state: str | None = None
    """The state of the tip: received, refused, advised, linked, held or forwarded."""
    view: View = View.NONE
    """What the actor's unit may see of it."""
    denials: frozenset[str] = field(default_factory=frozenset)
    desks: frozenset[str] = field(default_factory=frozenset)
    integrity_units: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One grant: an actor with one of the roles (or the scope), so standing, in such a state, may do the action."""

    action: str
    roles: frozenset[str] = field(default_factory=frozenset)
    standing: Standing = Standing.ANY
    states: frozenset[str] = field(default_factory=frozenset)
    needs_reason: bool = False
    scope: str = ""


def _staff(action: str, roles: str, standing: Standing, states: str = "", *, reason: bool = False) -> PolicyRow:
    return PolicyRow(action, frozenset(roles.split()), standing, frozenset(states.split()), reason)


TABLE: tuple[PolicyRow, ...] = (
    PolicyRow("tip.submit_public", scope="submit"),
    PolicyRow("tip.status", scope="status"),
    _staff("tip.enter", "operator", Standing.DESK),
    _staff("tip.read", "operator", Standing.TIP_HOLDER),
    _staff("tip.refuse", "operator system", Standing.TIP_HOLDER),
    _staff("tip.advise", "operator system", Standing.TIP_HOLDER),
    _staff("tip.link", "operator system", Standing.TIP_HOLDER),
    _staff("tip.forward", "operator system", Standing.TIP_HOLDER),
    _staff("tip.hold", "operator system", Standing.TIP_HOLDER),
    _staff("vault.open_content", "operator", Standing.TIP_HOLDER, "received"),
    _staff("vault.open_content", "officer", Standing.CASE_LEAD, "forwarded"),
    _staff("vault.open_content", "integrity_officer", Standing.INTEGRITY, "held"),
    _staff("vault.open_informant", "unmask_informant", Standing.TIP_HOLDER, "received", reason=True),
    _staff("vault.open_informant", "unmask_informant", Standing.CASE_LEAD, "forwarded", reason=True),
    _staff("vault.open_informant", "unmask_informant", Standing.INTEGRITY, "held", reason=True),
    _staff("signal.submit", "system officer", Standing.OWN_UNIT),
    _staff("case.read", "officer coordinator system", Standing.AUDIENCE),
    _staff("case.claim", "officer system", Standing.COMPETENT),
    _staff("case.close", "officer system", Standing.CASE_LEAD),
    _staff("feed.read", "operator officer coordinator system", Standing.OWN_UNIT),
    _staff("feed.read", "integrity_officer system", Standing.INTEGRITY),
    _staff("integrity.read", "integrity_officer", Standing.INTEGRITY),
    _staff("privacy.export", "privacy_officer", Standing.DOSSIER_KEEPER),
    _staff("privacy.erase", "privacy_officer", Standing.DOSSIER_KEEPER),
    _staff("directory.admin", "directory_admin", Standing.ANY),
    _staff("parked.act", "directory_admin", Standing.ANY),
)
"""Every grant there is; what no row grants is refused."""


def policy_table() -> tuple[PolicyRow, ...]:
    """The grants in the order of the table, for the documentation."""
    return TABLE


class Refusal(IntEnum):
    """Why an action is refused, in the order of asking; of several grants the one that came closest tells."""

    UNKNOWN_ACTION = 0
    ROLE_MISSING = 1
    NOT_FOUND = 2
    WRONG_UNIT = 3
    STATE = 4
    REASON_MISSING = 5


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the action is allowed, a stable code (`allowed` or a refusal's name in lower case), and why in words.

    The code `not_found` must be answered exactly as if the record did not exist.
    """

    allowed: bool
    code: str
    vi: str
    en: str


WORDS: Mapping[Refusal, tuple[str, str]] = MappingProxyType(
    {
        Refusal.UNKNOWN_ACTION: ("Không có thao tác này.", "There is no such action."),
        Refusal.ROLE_MISSING: (
            "Tài khoản chưa được giao vai trò cần cho thao tác này; hãy đề nghị quản trị danh bạ của đơn vị.",
            "The account lacks a role that this action needs; ask the unit's directory administrator.",
        ),
        Refusal.NOT_FOUND: ("Không tìm thấy hồ sơ.", "There is no such record."),
        Refusal.WRONG_UNIT: (
            "Đơn vị không có thẩm quyền đối với hồ sơ này; hãy liên hệ đơn vị đang giữ hồ sơ.",
            "The unit is not competent for this record; contact the unit that holds it.",
        ),
        Refusal.STATE: (
            "Hồ sơ không còn ở trạng thái cho phép thao tác này.",
            "The record is not in a state that allows this action.",
        ),
        Refusal.REASON_MISSING: ("Phải nêu lý do.", "A reason must be given in the field purpose."),
    }
)
_ALLOWED = Decision(allowed=True, code="allowed", vi="Được phép.", en="Allowed.")


def decide(actor: Actor, action: str, resource: Resource) -> Decision:
    """Whether the actor may do that to the resource. Nothing is granted that no row of TABLE grants."""
    rows = [row for row in TABLE if row.action == action]
    if not rows:
        return _refused(Refusal.UNKNOWN_ACTION)
    if _hidden(actor, resource):
        return _refused(Refusal.NOT_FOUND)
    refusals = [refusal for row in rows if (refusal := _refusal(row, actor, resource)) is not None]
    return _refused(max(refusals)) if len(refusals) == len(rows) else _ALLOWED


def _hidden(actor: Actor, resource: Resource) -> bool:
    held_from = resource.state == "held" and actor.unit not in resource.integrity_units
    return held_from or denied(actor.unit, resource.denials)


def _refusal(row: PolicyRow, actor: Actor, resource: Resource) -> Refusal | None:
    if not (row.scope in actor.scope if row.scope else _has_role(row, actor)):
        return Refusal.ROLE_MISSING
    if not _stands(row.standing, actor.unit, resource):
        return _why_not(row.standing, resource)
    if row.states and resource.state not in row.states:
        return Refusal.STATE
    if row.needs_reason and not actor.purpose.strip():
        return Refusal.REASON_MISSING
    return None


def _has_role(row: PolicyRow, actor: Actor) -> bool:
    return bool(actor.unit) and not actor.roles.isdisjoint(row.roles)


def _stands(standing: Standing, unit: str, resource: Resource) -> bool:
    integrity = unit in resource.integrity_units
    answers = {
        Standing.ANY: True,
        Standing.OWN_UNIT: unit == resource.unit and not integrity,
        Standing.DESK: unit in resource.desks,
        Standing.TIP_HOLDER: unit == resource.holder,
        Standing.CASE_LEAD: unit == resource.lead,
        Standing.DOSSIER_KEEPER: unit == resource.holder,
        Standing.COMPETENT: unit in resource.competent,
        Standing.AUDIENCE: resource.view > View.NONE,
        Standing.INTEGRITY: integrity and resource.unit in {None, unit},
    }
    return answers[standing]


def _why_not(standing: Standing, resource: Resource) -> Refusal:
    known = resource.view > View.NONE or standing in {Standing.OWN_UNIT, Standing.DESK}
    return Refusal.WRONG_UNIT if known else Refusal.NOT_FOUND


def _refused(refusal: Refusal) -> Decision:
    vi, en = WORDS[refusal]
    return Decision(allowed=False, code=refusal.name.lower(), vi=vi, en=en)
