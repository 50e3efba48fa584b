"""Who is admitted to a call, by the line of the table that names it."""

from dataclasses import dataclass

import pytest

from chassis.kernel.errors import ForbiddenError
from chassis.kernel.policy import PolicyError, read
from chassis.kernel.principal import PUBLIC, ROLES, SYSTEM, Principal
from chassis.kernel.sight import LEVELS, NOTHING

TABLE = {
    "every_service": {"ready": ["everyone"], "lag": ["admin"]},
    "actors": {
        "list_groups": ["everyone"],
        "create_group": ["secretariat", "admin"],
        "create_intervention": ["secretariat", "focal_point:own"],
        "status": ["signed_in"],
    },
    "own": {"intervention": "lead_institution_id"},
    "looks": {"calls": ["list_*", "ready", "lag"]},
    "visibility": {
        "public": ["everyone"],
        "gtm": ["signed_in"],
        "internal": ["secretariat", "focal_point:own"],
        "indicators": {"internal": ["statistician", "focal_point:own"]},
    },
}
POLICY = read(TABLE)


def someone(*roles: str, institution: str | None = None) -> Principal:
    return Principal(account_id="a", roles=frozenset(roles), institution_id=institution)


@pytest.mark.parametrize("principal", [PUBLIC, *(someone(role) for role in ROLES)])
def test_what_is_for_everyone(principal):
    assert POLICY.admit("actors", "list_groups", principal) is None
    assert POLICY.admit("meetings", "ready", principal) is None


@pytest.mark.parametrize("role", ROLES)
def test_what_is_for_who_signed_in(role):
    assert POLICY.admit("actors", "status", someone(role)) is None
    with pytest.raises(ForbiddenError, match="sign-in-required"):
        POLICY.admit("actors", "status", PUBLIC)


def test_a_role_that_is_named_acts_for_any_institution():
    assert POLICY.admit("actors", "create_group", someone("admin")) is None
    assert POLICY.admit("actors", "create_intervention", someone("secretariat", "focal_point", institution="i")) is None


def test_a_role_that_is_not_named_is_told_which_are():
    with pytest.raises(ForbiddenError, match="role-required") as refused:
        POLICY.admit("actors", "create_intervention", someone("member"))
    assert refused.value.params == {"roles": "secretariat, focal_point"}


def test_who_acts_for_its_own_institution_has_one():
    assert POLICY.admit("actors", "create_intervention", someone("focal_point", institution="oim")) == "oim"
    with pytest.raises(ForbiddenError, match="institution-required"):
        POLICY.admit("actors", "create_intervention", someone("focal_point"))


@pytest.mark.parametrize("principal", [PUBLIC, *(someone(role, institution="i") for role in ROLES)])
@pytest.mark.parametrize("call", [("actors", "erase_all"), ("unknown", "list_groups"), ("every_service", "no")])
def test_a_call_without_a_rule_is_for_nobody(principal, call):
    with pytest.raises(ForbiddenError, match="no-rule"):
        POLICY.admit(call[0], call[1], principal)


@dataclass
class Project:
    lead_institution_id: str | None


def test_whose_a_record_is():
    assert POLICY.owner("intervention", Project("oim")) == "oim"
    assert POLICY.owner("intervention", Project(None)) is None
    assert POLICY.owner("meeting", Project("oim")) is None


def test_who_sees_what():
    assert POLICY.sight("actors", PUBLIC).levels == ("public",)
    for role in ROLES:
        wanted = LEVELS if role == "secretariat" else ("gtm", "public")
        assert POLICY.sight("actors", someone(role)).levels == wanted
    assert POLICY.sight("actors", SYSTEM).everything


def test_a_service_may_show_its_own_to_others():
    assert POLICY.sight("indicators", someone("statistician")).everything
    assert not POLICY.sight("indicators", someone("secretariat")).everything
    assert POLICY.sight("indicators", someone("member")).levels == ("gtm", "public")


def test_who_speaks_for_an_institution_sees_what_is_internal_of_it_alone():
    sight = POLICY.sight("actors", someone("focal_point", institution="oim"))
    assert [sight.admits("internal", owner) for owner in ("oim", "hcr", None)] == [True, False, False]
    assert sight.admits("gtm", "hcr")
    alone = POLICY.sight("actors", someone("focal_point"))
    assert not alone.admits("internal", None)
    assert not POLICY.sight("actors", someone("member", institution="oim")).admits("internal", "oim")


@pytest.mark.parametrize("principal", [PUBLIC, *(someone(role, institution="i") for role in ROLES)])
def test_without_a_line_nobody_sees_anything(principal):
    assert read({}).sight("actors", principal) == NOTHING


@pytest.mark.parametrize(
    "table", [{"secret": ["admin"]}, {"gtm": ["public"]}, {"gtm": []}, {"actors": {"hidden": ["admin"]}}]
)
def test_a_mistake_in_who_sees_what_is_told(table):
    with pytest.raises(PolicyError):
        read({"visibility": table})


@pytest.mark.parametrize("who", [[], "admin", ["Admin"], ["public"], ["admin:own:own"], [1]])
def test_a_mistake_in_the_table_names_its_line(who):
    with pytest.raises(PolicyError, match=r"actors\.create_group"):
        read({"actors": {"create_group": who}})


READS = Principal(account_id="a", roles=frozenset({"admin", "secretariat"}), read_only=True)


def test_who_may_only_look_changes_nothing_whatever_the_roles():
    assert POLICY.admit("actors", "list_groups", READS) is None
    assert POLICY.admit("actors", "lag", READS) is None
    for call in ("create_group", "create_intervention", "status"):
        with pytest.raises(ForbiddenError, match="read-only-token"):
            POLICY.admit("actors", call, READS)


def test_who_is_let_into_one_service_is_refused_by_the_others():
    scoped = Principal(account_id="a", roles=frozenset({"admin"}), services=frozenset({"actors"}))
    assert POLICY.admit("actors", "create_group", scoped) is None
    with pytest.raises(ForbiddenError, match="beyond-scope") as refused:
        POLICY.admit("meetings", "ready", scoped)
    assert refused.value.params == {"services": "actors"}


@pytest.mark.parametrize(
    ("principal", "may", "own"),
    [
        (PUBLIC, ["ready", "list_groups"], []),
        (someone("member"), ["ready", "list_groups", "status"], []),
        (someone("focal_point", institution="i"), ["ready", "list_groups", "status"], ["create_intervention"]),
        (someone("focal_point"), ["ready", "list_groups", "status"], []),
        (READS, ["ready", "lag", "list_groups"], []),
    ],
)
def test_what_somebody_may(principal, may, own):
    assert POLICY.powers(principal, ["actors"]) == {"actors": {"any": may, "own": own}}


def test_what_somebody_may_of_a_service_that_is_closed_to_them():
    scoped = Principal(account_id="a", roles=frozenset({"admin"}), services=frozenset({"actors"}))
    assert POLICY.powers(scoped, ["meetings"]) == {"meetings": {"any": [], "own": []}}
