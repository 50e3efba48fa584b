"""Who may give what, which passwords are fit, how long a guesser waits, what a refresh token is worth."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.kernel.errors import ConflictError, ForbiddenError, InvalidError
from chassis.kernel.principal import ROLES, Principal
from gateway.accounts.domain import account as rules
from gateway.accounts.domain import guessing, machines, passwords, sessions
from gateway.accounts.domain.account import Account
from gateway.accounts.domain.secrets import derived, digest, is_secret, new_secret
from gateway.accounts.domain.sessions import RefreshToken, Session

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


def holder(*roles: str, id: str = "actor") -> Principal:
    return Principal(account_id=id, roles=frozenset(roles))


def account(*roles: str, id: str = "other", status: str = "active") -> Account:
    return Account(id=id, username="a.name", password_hash="x", roles=roles, status=status)


def test_every_role_is_in_the_table_and_gives_itself() -> None:
    assert set(rules.GIVES) == set(ROLES)
    assert all(role in rules.GIVES[role] for role in ROLES)


@pytest.mark.parametrize(
    ("held", "given", "fine"),
    [
        (("admin",), ("member",), True),
        (("admin",), ("admin", "statistician", "focal_point"), True),
        (("admin",), ("secretariat",), False),
        (("admin", "secretariat"), ROLES, True),
        (("secretariat",), ("admin",), False),
        (("member",), ("focal_point",), False),
        ((), ("member",), False),
    ],
)
def test_nobody_gives_more_than_they_hold(held: tuple[str, ...], given: tuple[str, ...], fine: bool) -> None:
    if fine:
        rules.check_gives(holder(*held), given)
    else:
        with pytest.raises(ForbiddenError, match="role-not-yours"):
            rules.check_gives(holder(*held), given)


def test_nobody_adds_to_their_own_roles_but_may_give_some_up() -> None:
    own = account("admin", "secretariat", id="actor")
    with pytest.raises(ForbiddenError):
        rules.check_role_change(holder("admin", "secretariat"), own, ("admin", "secretariat", "statistician"))
    rules.check_role_change(holder("admin", "secretariat"), own, ("admin",))


def test_who_lacks_the_secretariat_gets_hold_of_no_account_of_it() -> None:
    with pytest.raises(ForbiddenError):
        rules.check_over(holder("admin"), account("secretariat"))
    rules.check_over(holder("admin"), account("member"))


def test_the_last_administrator_stays() -> None:
    before = account("admin")
    with pytest.raises(ConflictError, match="last-admin"):
        rules.check_one_stays(before, replace(before, status="disabled"), 1)
    with pytest.raises(ConflictError, match="last-admin"):
        rules.check_one_stays(before, replace(before, roles=("member",)), 1)
    rules.check_one_stays(before, replace(before, roles=("member",)), 2)
    rules.check_one_stays(before, replace(before, roles=("admin", "member")), 1)


def test_roles_are_known_words_each_once() -> None:
    assert rules.fit_roles(["member", "admin", "member"]) == ("admin", "member")
    with pytest.raises(InvalidError) as refused:
        rules.fit_roles(["member", "king", "public"])
    assert [one["field"] for one in refused.value.errors] == ["roles.1", "roles.2"]


@pytest.mark.parametrize("name", ["ab", "a b c", "x" * 201, "a\nb\nc", "<script>", "a$b", ""])
def test_unfit_names(name: str) -> None:
    with pytest.raises(InvalidError, match="unfit-username"):
        rules.fit_username(name)


def test_a_name_is_compared_in_one_form() -> None:
    assert rules.fit_username(" Aïchatou.MAMAN@Gtm.ne ") == "aïchatou.maman@gtm.ne"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password-too-short"),
        ("x" * 1025, "password-too-long"),
        ("aaaaaaaaaaaaaaaa", "password-known"),
        ("Mot de passe-2026!", "password-known"),
        ("1234 5678 9012", "password-known"),
        ("Aminata.Issoufou", "password-known"),
    ],
)
def test_passwords_that_others_guess_first_are_refused(password: str, code: str) -> None:
    with pytest.raises(InvalidError, match=code):
        passwords.check_fit(password, "aminata.issoufou")


@pytest.mark.parametrize(
    "password", ["le mil pousse sous la pluie", "ɓeeɗɗaa ŋwaŋwa", "0a1b2c3d4e5f", "x" * 1020 + "abcd"]
)
def test_long_passwords_need_no_kinds_of_characters(password: str) -> None:
    passwords.check_fit(password, "aminata.issoufou")


def session(token: RefreshToken, **others: object) -> Session:
    made = Session(
        id="s", account_id="a", kind="token", family=digest(token.family), current=digest(token.secret), previous=None,
        salt="salt", rotated_at=AT, created_at=AT, seen_at=AT, expires_at=AT + timedelta(hours=12), client="",
    )  # fmt: skip
    return replace(made, **others)  # type: ignore[arg-type]


def test_what_a_refresh_token_is_worth() -> None:
    old = RefreshToken(new_secret(), new_secret())
    new = old.after("salt")
    kept = session(new, previous=digest(old.secret))
    assert sessions.judge(kept, new, AT) == "current"
    assert sessions.judge(kept, old, AT + sessions.GRACE) == "repeated"
    assert sessions.judge(kept, old, AT + sessions.GRACE + timedelta(seconds=1)) == "stolen"
    assert sessions.judge(kept, RefreshToken(old.family, new_secret()), AT) == "stolen"
    assert sessions.judge(kept, new, AT + timedelta(hours=12)) == "over"
    assert sessions.judge(replace(kept, revoked_at=AT), new, AT) == "over"


def test_who_repeats_is_given_the_same_and_nobody_else_can_make_it() -> None:
    old = RefreshToken(new_secret(), new_secret())
    assert old.after("salt") == old.after("salt")
    assert old.after("salt") != old.after("other salt")
    assert RefreshToken(old.family, new_secret()).after("salt") != old.after("salt")
    assert is_secret(derived(old.secret, "salt"))


@pytest.mark.parametrize("text", ["", "gtmr_", "gtmr_" + "a" * 85, "gtmr_" + "a" * 87, "gtma_" + "a" * 86, 7, None])
def test_what_is_no_refresh_token(text: object) -> None:
    assert RefreshToken.read(text) is None


def test_a_refresh_token_is_read_as_it_was_written() -> None:
    token = RefreshToken(new_secret(), new_secret())
    assert RefreshToken.read(token.write()) == token
    assert RefreshToken.read(token.write()[:-1]) is None


def test_a_session_ends_at_last_however_much_it_is_used() -> None:
    idle = timedelta(hours=12)
    assert sessions.end_of(AT, AT + timedelta(days=1), idle) == AT + timedelta(days=1, hours=12)
    assert sessions.end_of(AT, AT + timedelta(days=6, hours=23), idle) == AT + sessions.LONGEST


def test_waits_double_end_and_are_forgotten() -> None:
    none = timedelta(0)
    waits = [guessing.wait_after(count, none, guessing.BY_NAME) for count in range(30)]
    assert waits[:5] == [0.0] * 5
    assert waits[5:8] == [2.0, 4.0, 8.0]
    assert waits[-1] == guessing.BY_NAME.longest
    assert guessing.wait_after(29, timedelta(seconds=200), guessing.BY_NAME) == 100.0
    assert guessing.wait_after(29, guessing.FORGOTTEN + timedelta(seconds=1), guessing.BY_NAME) == 0.0


def test_what_counts_together() -> None:
    def keys(name: str, address: str, device: str | None = None) -> set[str]:
        return set(guessing.counts_of(name, address, device))

    assert keys("a", "10.0.0.1") & keys("b", "10.0.0.9")  # the network
    assert not keys("a", "10.0.0.1") & keys("a", "10.0.1.1")
    assert keys("a", "2001:db8::1") == keys("a", "2001:db8::2")  # one subscriber
    assert len(keys("a", "2001:db8:0:1::1") & keys("a", "2001:db8:0:2::1")) == 1
    assert keys("a", "::ffff:10.0.0.1") == keys("a", "10.0.0.1")
    assert not keys("a", "10.0.0.1", "device") & keys("a", "10.0.0.1")
    assert keys("a", "unix:") == keys("a", "unix:")


def test_a_machine_may_do_no_more_than_its_owner_may_today() -> None:
    token = machines.MachineToken(
        id="t", account_id="other", name="n", digest="d", roles=("admin", "member"), read_only=False, created_at=AT,
        expires_at=AT + timedelta(days=1),
    )  # fmt: skip
    assert machines.roles_now(token, account("member", "statistician")) == {"member"}
    assert token.counts(AT)
    assert not token.counts(AT + timedelta(days=1))
    assert not replace(token, revoked_at=AT).counts(AT)
    with pytest.raises(InvalidError, match="role-not-held"):
        machines.check_scope(account("member"), ("admin",))
    with pytest.raises(InvalidError, match="no-role"):
        machines.check_scope(account("member"), ())
    for end in (AT, AT - timedelta(days=1), AT + timedelta(days=367)):
        with pytest.raises(InvalidError, match="unfit-expiry"):
            machines.check_expiry(end, AT)
