"""What one may see, and what one may do: denials always win, and what no row grants is refused."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.views import View
from services.policy import (
    EVERYONE,
    TABLE,
    Actor,
    Resource,
    Role,
    decide,
    everyone_but,
    narrower,
    policy_table,
    resolve,
    view,
)

UNITS = ["a", "b", "c", "d"]
RELATIONS = ["case:1#members", "case:2#members"]
views = st.sampled_from(View)
audiences = st.dictionaries(st.sampled_from(UNITS + RELATIONS), views)
memberships = st.dictionaries(st.sampled_from(RELATIONS), st.sets(st.sampled_from(UNITS)))


@given(views, views, views)
def test_the_narrower_of_views_does_not_depend_on_the_order_of_asking(one: View, two: View, three: View) -> None:
    assert narrower(one, two) == narrower(two, one)
    assert narrower(narrower(one, two), three) == narrower(one, narrower(two, three))
    assert narrower(one, one) == one
    assert narrower(one, View.NONE) == View.NONE


@given(audiences, memberships)
def test_a_unit_outside_the_audience_sees_nothing(
    audience: Mapping[str, View], members: Mapping[str, set[str]]
) -> None:
    for unit in UNITS:
        related = [relation for relation, inside in members.items() if unit in inside and relation in audience]
        if unit not in audience and not related:
            assert view(audience, unit, (), members) == View.NONE
    assert view(audience, "stranger", (), members) == View.NONE


@given(audiences, memberships, st.sets(st.sampled_from(UNITS)))
def test_a_denial_always_wins(audience: Mapping[str, View], members: Mapping[str, set[str]], denials: set[str]) -> None:
    for unit in UNITS:
        seen = view(audience, unit, denials, members)
        assert seen == (View.NONE if unit in denials else resolve(audience, unit, members))
        assert view(audience, unit, {EVERYONE}, members) == View.NONE


@given(audiences, memberships)
def test_no_view_is_wider_than_the_widest_grant(audience: Mapping[str, View], members: Mapping[str, set[str]]) -> None:
    for unit in UNITS:
        assert resolve(audience, unit, members) <= max(audience.values(), default=View.NONE)


def test_a_relation_grants_its_view_to_its_members_and_only_while_they_are() -> None:
    audience = {"case:1#members": View.FIELDS}
    assert resolve(audience, "a", {"case:1#members": {"a"}}) == View.FIELDS
    assert resolve(audience, "b", {"case:1#members": {"a"}}) == View.NONE
    assert resolve(audience, "a", {"case:2#members": {"a"}}) == View.NONE
    assert resolve(audience, "a") == View.NONE


def test_of_a_grant_by_name_and_one_by_relation_the_wider_counts() -> None:
    audience = {"a": View.POINTER, "case:1#members": View.FULL}
    assert resolve(audience, "a", {"case:1#members": {"a"}}) == View.FULL


def test_a_relation_is_no_unit_even_if_someone_is_called_like_one() -> None:
    assert resolve({"case:1#members": View.FULL}, "case:1#members") == View.NONE


def test_everyone_but_some_denies_all_others_and_a_name_denies_even_those() -> None:
    audience = {"a": View.FULL, "b": View.FULL}
    assert view(audience, "a", everyone_but({"a"})) == View.FULL
    assert view(audience, "b", everyone_but({"a"})) == View.NONE
    assert view(audience, "a", {*everyone_but({"a"}), "a"}) == View.NONE


def actor(unit: str, *roles: str, purpose: str = "") -> Actor:
    return Actor(person="someone", unit=unit, roles=frozenset(roles), purpose=purpose)


def tip(state: str = "received", lead: str | None = None) -> Resource:
    return Resource(holder="bcd-79", lead=lead, state=state, integrity_units=frozenset({"integrity-389"}))


CASE = Resource(lead="qltt-79", competent=frozenset({"qltt-79", "ca-79"}), view=View.FULL)
FEED = Resource(unit="qltt-79", integrity_units=frozenset({"integrity-389"}))
DESKS = Resource(desks=frozenset({"bcd-79"}))
PUBLIC = Actor(person="", unit="", scope=frozenset({"submit", "status"}))

DECISIONS: dict[str, tuple[Actor, str, Resource, str]] = {
    "the public sends a tip": (PUBLIC, "tip.submit_public", Resource(), "allowed"),
    "the public follows a tip": (PUBLIC, "tip.status", Resource(), "allowed"),
    "the public reads a feed": (PUBLIC, "feed.read", Resource(unit=""), "role_missing"),
    "an officer sends as the public": (actor("qltt-79", "officer"), "tip.submit_public", Resource(), "role_missing"),
    "an operator enters a tip": (actor("bcd-79", "operator"), "tip.enter", DESKS, "allowed"),
    "an operator of no desk enters a tip": (actor("qltt-79", "operator"), "tip.enter", DESKS, "wrong_unit"),
    "an officer enters a tip": (actor("bcd-79", "officer"), "tip.enter", DESKS, "role_missing"),
    "the desk forwards its tip": (actor("bcd-79", "operator"), "tip.forward", tip(), "allowed"),
    "the desk's system forwards its tip": (actor("bcd-79", "system"), "tip.forward", tip(), "allowed"),
    "another desk asks for a tip": (actor("bcd-01", "operator"), "tip.read", tip(), "not_found"),
    "the desk asks for a held tip": (actor("bcd-79", "operator"), "tip.read", tip("held"), "not_found"),
    "the desk opens a received tip": (actor("bcd-79", "operator"), "vault.open_content", tip(), "allowed"),
    "the desk opens a forwarded tip": (actor("bcd-79", "operator"), "vault.open_content", tip("forwarded"), "state"),
    "the desk's system opens a tip": (actor("bcd-79", "system"), "vault.open_content", tip(), "role_missing"),
    "the lead opens the tip of its case": (
        actor("qltt-79", "officer"),
        "vault.open_content",
        tip("forwarded", lead="qltt-79"),
        "allowed",
    ),
    "a unit opens a tip before it claims": (
        actor("qltt-79", "officer"),
        "vault.open_content",
        tip("forwarded"),
        "not_found",
    ),
    "the lead opens a tip that was held since": (
        actor("qltt-79", "officer"),
        "vault.open_content",
        tip("held", lead="qltt-79"),
        "not_found",
    ),
    "the integrity officer opens a held tip": (
        actor("integrity-389", "integrity_officer"),
        "vault.open_content",
        tip("held"),
        "allowed",
    ),
    "the integrity officer opens an ordinary tip": (
        actor("integrity-389", "integrity_officer"),
        "vault.open_content",
        tip(),
        "state",
    ),
    "an informant is unmasked with a reason": (
        actor("bcd-79", "unmask_informant", purpose="Cần gọi lại"),
        "vault.open_informant",
        tip(),
        "allowed",
    ),
    "an informant is unmasked without a reason": (
        actor("bcd-79", "unmask_informant", purpose="  "),
        "vault.open_informant",
        tip(),
        "reason_missing",
    ),
    "an operator unmasks an informant": (
        actor("bcd-79", "operator", purpose="x"),
        "vault.open_informant",
        tip(),
        "role_missing",
    ),
    "someone of another unit unmasks an informant": (
        actor("ca-79", "unmask_informant", purpose="x"),
        "vault.open_informant",
        tip(),
        "not_found",
    ),
    "a competent unit claims": (actor("ca-79", "officer"), "case.claim", CASE, "allowed"),
    "a unit's system claims": (actor("ca-79", "system"), "case.claim", CASE, "allowed"),
    "a unit that only watches claims": (actor("vptt-389", "officer"), "case.claim", CASE, "wrong_unit"),
    "a unit that sees nothing claims": (
        actor("tax-79", "officer"),
        "case.claim",
        replace(CASE, view=View.NONE),
        "not_found",
    ),
    "the lead closes": (actor("qltt-79", "officer"), "case.close", CASE, "allowed"),
    "another competent unit closes": (actor("ca-79", "officer"), "case.close", CASE, "wrong_unit"),
    "a coordinator reads a case": (actor("vptt-389", "coordinator"), "case.read", CASE, "allowed"),
    "a case is read by one who may see nothing of it": (
        actor("tax-79", "officer"),
        "case.read",
        Resource(),
        "not_found",
    ),
    "a denied unit reads a case": (
        actor("qltt-79", "officer"),
        "case.read",
        replace(CASE, denials=frozenset({"qltt-79"})),
        "not_found",
    ),
    "a unit's system sends a signal": (actor("qltt-79", "system"), "signal.submit", FEED, "allowed"),
    "a unit sends a signal as another": (actor("ca-79", "system"), "signal.submit", FEED, "wrong_unit"),
    "a unit reads its own feed": (actor("qltt-79", "officer"), "feed.read", FEED, "allowed"),
    "a unit reads another's feed": (actor("ca-79", "officer"), "feed.read", FEED, "wrong_unit"),
    "the integrity officer reads the integrity feed": (
        actor("integrity-389", "integrity_officer"),
        "feed.read",
        replace(FEED, unit="integrity-389"),
        "allowed",
    ),
    "an officer of that unit reads the integrity feed": (
        actor("integrity-389", "officer"),
        "feed.read",
        replace(FEED, unit="integrity-389"),
        "wrong_unit",
    ),
    "the integrity officer reads another unit's feed": (
        actor("integrity-389", "integrity_officer"),
        "feed.read",
        FEED,
        "not_found",
    ),
    "the integrity officer reads the integrity route": (
        actor("integrity-389", "integrity_officer"),
        "integrity.read",
        tip("held"),
        "allowed",
    ),
    "an integrity officer by role alone": (actor("x", "integrity_officer"), "integrity.read", tip("held"), "not_found"),
    "the administrator adds a person": (actor("vptt-389", "directory_admin"), "directory.admin", Resource(), "allowed"),
    "an officer adds a person": (actor("vptt-389", "officer"), "directory.admin", Resource(), "role_missing"),
    "the administrator redrives": (actor("vptt-389", "directory_admin"), "parked.act", Resource(), "allowed"),
    "a coordinator redrives": (actor("vptt-389", "coordinator"), "parked.act", Resource(), "role_missing"),
    "an administrator erases a dossier": (actor("a", "directory_admin"), "privacy.erase", Resource(), "role_missing"),
    "a privacy officer exports another's": (actor("a", "privacy_officer"), "privacy.export", tip(), "not_found"),
    "someone asks for what is not in the table": (actor("a", "officer"), "case.delete", CASE, "unknown_action"),
}


@pytest.mark.parametrize("who", DECISIONS)
def test_it_is_decided_when(who: str) -> None:
    someone, action, resource, code = DECISIONS[who]
    decision = decide(someone, action, resource)
    assert (decision.allowed, decision.code) == (code == "allowed", code)
    assert decision.vi
    assert decision.en


def test_every_action_of_the_table_is_decided_above() -> None:
    like_others = {"tip.refuse", "tip.advise", "tip.link", "tip.hold"}
    assert {row.action for row in TABLE} <= {action for _, action, _, _ in DECISIONS.values()} | like_others


@pytest.mark.parametrize("action", ["tip.refuse", "tip.advise", "tip.link", "tip.forward", "tip.hold"])
def test_desk_commands_belong_to_the_desk_that_holds_the_tip(action: str) -> None:
    assert decide(actor("bcd-79", "operator"), action, tip()).allowed
    assert decide(actor("bcd-01", "operator"), action, tip()).code == "not_found"
    assert decide(actor("qltt-79", "officer"), action, tip()).code == "role_missing"


ACTIONS = sorted({row.action for row in TABLE})
ACTORS = st.builds(
    Actor,
    person=st.just("someone"),
    unit=st.sampled_from(UNITS),
    roles=st.frozensets(st.sampled_from(Role)),
    purpose=st.sampled_from(["", "vì một lý do"]),
)
RESOURCES = st.builds(
    Resource,
    unit=st.none() | st.sampled_from(UNITS),
    holder=st.none() | st.sampled_from(UNITS),
    lead=st.none() | st.sampled_from(UNITS),
    competent=st.frozensets(st.sampled_from(UNITS)),
    state=st.sampled_from([None, "received", "forwarded", "held"]),
    view=views,
    denials=st.frozensets(st.sampled_from([*UNITS, EVERYONE])),
    desks=st.frozensets(st.sampled_from(UNITS)),
    integrity_units=st.frozensets(st.sampled_from(UNITS)),
)


@given(ACTORS, st.sampled_from(ACTIONS), RESOURCES)
def test_whoever_is_denied_finds_nothing(someone: Actor, action: str, resource: Resource) -> None:
    denied = replace(resource, denials=frozenset({someone.unit}))
    assert decide(someone, action, denied).code == "not_found"


@given(ACTORS, st.sampled_from(ACTIONS), RESOURCES)
def test_a_held_tip_is_found_by_integrity_units_alone(someone: Actor, action: str, resource: Resource) -> None:
    held = replace(resource, state="held", integrity_units=resource.integrity_units - {someone.unit})
    assert decide(someone, action, held).code == "not_found"


@given(ACTORS, st.sampled_from(ACTIONS), RESOURCES)
def test_without_a_role_nothing_is_allowed(someone: Actor, action: str, resource: Resource) -> None:
    assert not decide(replace(someone, roles=frozenset()), action, resource).allowed


def test_the_table_for_the_documentation_is_the_table_that_decides() -> None:
    assert policy_table() is TABLE
