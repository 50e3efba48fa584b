"""What the addresses of accounts take and give."""

from typing import Any

from marshmallow import Schema, fields

from chassis.contract.personal import personal
from chassis.contract.schema import Choice, Command, Id, Instant, PageQuery, Part, Text, YesNo, many, maybe
from chassis.kernel.erasure import REASONS
from chassis.kernel.principal import ROLES
from chassis.process.settings import SERVICES
from gateway.accounts.domain.account import STATUSES
from gateway.accounts.domain.machines import PURPOSES
from gateway.accounts.domain.passwords import LONGEST, SHORTEST

_FAULTS: dict[str, Any] = {"required": "required", "null": "not-null", "invalid": "not-text"}


def _secret(about: str = "", **limits: Any) -> fields.String:
    """A text that is taken as it is: a password may begin with a space."""
    metadata = {"format": "password", "maxLength": LONGEST, **limits, **({"description": about} if about else {})}
    return fields.String(required=True, error_messages=_FAULTS, metadata=metadata)


class CredentialsSchema(Command):
    """What proves who one is."""

    username = personal(fields.String(required=True, error_messages=_FAULTS, metadata={"maxLength": 200}))
    password = _secret()


class RefreshSchema(Command):
    """The refresh token, used up by this."""

    refresh_token = _secret()


class PasswordChangeSchema(Command):
    """The password before, and the one to come."""

    old_password = _secret()
    password = _secret(minLength=SHORTEST)


class AcceptSchema(Command):
    """What the administrator sent, and the password that one chooses."""

    link = _secret("Le texte reçu de l’administrateur")
    password = _secret(minLength=SHORTEST)


class TokenSchema(Schema):
    """A token to send as `Authorization: Bearer …`, and the one by which to get the next."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Secondes"})
    refresh_token = fields.String(
        required=True, metadata={"description": "À donner une seule fois à /auth/refresh, qui le remplace"}
    )
    session_id = fields.String(required=True)


class SessionSchema(Schema):
    """A signed-in client of an account."""

    id = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": ["token", "browser"]})
    client = personal(fields.String(required=True, metadata={"description": "Comment le client se nomme"}))
    created_at = Instant(required=True)
    seen_at = Instant(required=True)
    expires_at = Instant(required=True)
    current = fields.Boolean(required=True, metadata={"description": "Celle par laquelle on le demande"})


class PowersSchema(Schema):
    """What somebody may ask of one service: the names of its calls, which are those of the operations of the API."""

    any = fields.List(fields.String(), required=True, metadata={"description": "Pour toute institution"})
    own = fields.List(fields.String(), required=True, metadata={"description": "Pour sa propre institution seulement"})


class MeSchema(Schema):
    """Who asks, as the platform knows them."""

    id = fields.String(required=True)
    username = personal(fields.String(required=True, allow_none=True))
    roles = fields.List(fields.String(), required=True)
    institution_id = fields.String(required=True, allow_none=True)
    focal_point_id = fields.String(required=True, allow_none=True)
    node = fields.String(required=True)
    by = fields.String(required=True, metadata={"enum": ["token", "browser", "machine", "operator"]})
    read_only = fields.Boolean(required=True)
    services = fields.List(
        fields.String(), required=True, allow_none=True, metadata={"description": "Ce que le jeton ouvre ; null : tout"}
    )
    may = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(PowersSchema),
        required=True,
        metadata={"description": "Service, ou gateway → ce que je peux lui demander"},
    )
    session = fields.Nested(SessionSchema, required=True, allow_none=True)
    csrf_token = fields.String(
        required=True, allow_none=True, metadata={"description": "À renvoyer dans X-CSRF-Token par un navigateur"}
    )


class AccountSchema(Schema):
    """An account of this node."""

    id = fields.String(required=True)
    username = personal(fields.String(required=True))
    roles = fields.List(fields.String(), required=True)
    status = fields.String(required=True, metadata={"enum": list(STATUSES)})
    institution_id = fields.String(required=True, allow_none=True)
    focal_point_id = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = Instant(required=True, allow_none=True)
    updated_at = Instant(required=True, allow_none=True)
    erased_at = Instant(required=True, allow_none=True)


class LinkSchema(Schema):
    """What the person needs to choose a password; shown once."""

    account = fields.Nested(AccountSchema, required=True)
    link = fields.String(required=True, metadata={"description": "À remettre à la personne, par une voie sûre"})
    expires_at = Instant(required=True)


class AccountFilter(PageQuery):
    """Which accounts."""

    status = Choice(*STATUSES)
    role = Choice(*ROLES)
    username = personal(Text(200))


class InviteSchema(Command):
    """Whom to invite, as what."""

    username = personal(Text(200, shortest=3, required=True))
    roles = many(fields.String(error_messages=_FAULTS), most=len(ROLES), required=True)


class AccountChangesSchema(Part):
    """What can be changed of an account so."""

    roles = many(fields.String(error_messages=_FAULTS), most=len(ROLES), required=True)


class AccountLinkSchema(Command):
    """For whom the account speaks: a focal point and its institution, or an institution."""

    focal_point_id = maybe(Id)
    institution_id = maybe(Id)


class NothingSchema(Command):
    """An empty body."""


class JournalSchema(Schema):
    """A line of what was done with an account."""

    id = fields.String(required=True)
    act = fields.String(required=True)
    by = fields.String(required=True, metadata={"description": "Le compte, ou `local-operator`, `gateway`"})
    at = Instant(required=True)
    request = fields.String(required=True, metadata={"description": "Identifiant de corrélation"})
    changes = fields.Dict(required=True, metadata={"description": "Champ → {from, to} ; jamais un secret"})


class MachineTokenFieldsSchema(Command):
    """A token to make."""

    name = personal(Text(100, required=True))
    roles = many(fields.String(error_messages=_FAULTS), most=len(ROLES), required=True)
    read_only = YesNo(load_default=False)
    services = many(
        fields.String(error_messages=_FAULTS),
        most=len(SERVICES),
        load_default=None,
        allow_none=True,
        metadata={"description": "Les services que le jeton ouvre ; absent : tous"},
    )
    purpose = maybe(
        Choice,
        *PURPOSES,
        metadata={"description": "calendar : le secret du lien d’un calendrier, qui n’ouvre que les calendriers"},
    )
    expires_at = Instant(required=True)


class MachineTokenSchema(Schema):
    """A token for a machine; its text was shown once."""

    id = fields.String(required=True)
    name = personal(fields.String(required=True))
    roles = fields.List(fields.String(), required=True)
    read_only = fields.Boolean(required=True)
    services = fields.List(fields.String(), required=True, allow_none=True)
    purpose = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
    used_on = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    revoked_at = Instant(required=True, allow_none=True)


class NewMachineTokenSchema(MachineTokenSchema):
    """A token for a machine, with its text."""

    token = fields.String(required=True, metadata={"description": "Montré cette seule fois"})


class EraseAccountSchema(Command):
    """Why whose account it was is erased, for good."""

    reason = Choice(*REASONS, required=True)


class ErasureRequestSchema(Schema):
    """That a person asked to be erased."""

    account_id = fields.String(required=True)
    focal_point_id = fields.String(required=True, allow_none=True)
    asked_at = Instant(required=True)
    done_at = Instant(required=True, allow_none=True)


class EndedSchema(Schema):
    """How many sessions ended."""

    ended = fields.Integer(required=True)
