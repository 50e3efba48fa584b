"""Faults as values, so that a rule can tell all of them at once."""

from chassis.kernel.errors import FieldError


def fault(field: str, code: str, **params: object) -> FieldError:
    """One fault of one field; `params` fill the text that a person reads."""
    return {"field": field, "code": code, "params": params}


def within(prefix: str, faults: list[FieldError]) -> list[FieldError]:
    """The same faults, of fields inside another one."""
    return [{**one, "field": f"{prefix}.{one['field']}"} for one in faults]
