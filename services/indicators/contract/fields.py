"""Fields of this contract that the chassis does not have: codes, and categories by dimension."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.contract.schema import Amount, Text, code

_DIMENSION = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
# A goal, a target of it (10.7, 17.b), or an indicator of that (10.7.2).
_SDG = re.compile(r"(?:1[0-7]|[1-9])(?:\.(?:\d{1,2}|[a-d])(?:\.\d)?)?", re.ASCII)


class Dimension(Text):
    """The name of a dimension: sex, age_group, region… It becomes a key, hence lower-case letters, digits and _."""

    def __init__(self, **options: Any) -> None:
        super().__init__(40, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _DIMENSION.fullmatch(text):
            raise ValidationError("not-a-dimension")
        return text


class SustainableGoal(Text):
    """A goal, target or indicator of the Sustainable Development Goals: 10, 10.7, 10.7.2."""

    def __init__(self, **options: Any) -> None:
        super().__init__(10, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _SDG.fullmatch(text):
            raise ValidationError("not-an-sdg")
        return text


class Categories(fields.Dict):
    """{dimension: code}: {"sex": "F", "region": "NE001"}."""

    most = 10

    def __init__(self, **options: Any) -> None:
        super().__init__(
            keys=Dimension(),
            values=Text(60),
            load_default=dict,
            error_messages={"invalid": "not-an-object", "null": "not-null"},
            validate=validate.Length(max=self.most, error=code("too-many", max=self.most)),
            **options,
        )


class Figure(Amount):
    """A decimal number as text, which may be below zero."""

    def __init__(self, **options: Any) -> None:
        super().__init__(negative=True, **options)
