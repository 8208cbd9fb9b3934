"""How the keys of a configuration are declared: types, meaning, unit, limits; what a section is.

Every section is a :class:`Section`, every key of it a :func:`key`. YAML's values are taken as they
are: a text is no number and a number no text; whole numbers may stand where numbers are wanted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AllowInfNan,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    ValidationInfo,
    WrapValidator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, core_schema

from myopinn.checks.path_names import why_unfit_together
from myopinn.checks.spelling import some
from myopinn.config.messages import detail, explain, is_nullable, told
from myopinn.config.training import MAX_SEED

# The default of a key that may be left out without a value taking its place.
ABSENT: Any = None
# Marks in a JSON schema the name of a section that stands elsewhere in it.
SEE = "x-see"


def key(default: Any = ..., meaning: str = "", *, unit: str = "", **limits: Any) -> Any:
    """Declare a key.

    Parameters
    ----------
    default
        What holds where the key is not written; left out where it has to be, and :data:`ABSENT`
        where nothing takes its place.
    meaning : str
        In a line or two, without the unit.
    limits
        ``ge``, ``gt``, ``le``, ``lt``, ``min_length``, ``max_length``, ``alias`` of pydantic.
    """
    extra: Any = {"unit": unit} if unit else None
    return Field(default, description=meaning, json_schema_extra=extra, **limits)


class Section(BaseModel):
    """A closed set of keys; a key that is not among them is a problem.

    Attributes
    ----------
    kind : str
        Which of several sections that may stand in its place it is.
    needed_by : str
        What needs its keys, where those of another one of them do not.
    foreign : mapping of key to str
        Keys of other sections that may stand in its place, with what is said of them here.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, protected_namespaces=(), defer_build=True
    )
    kind: ClassVar[str] = ""
    needed_by: ClassVar[str] = ""
    foreign: ClassVar[dict[str, str]] = {}

    @classmethod
    def by_key(cls) -> dict[str, FieldInfo]:
        """Give the keys as they are written."""
        return {field.alias or name: field for name, field in cls.model_fields.items()}

    def check(self) -> Iterator[tuple[str, str]]:
        """Hold the keys to each other; yield a key and what is said of it, which follows its path.

        An empty key stands for the section itself.
        """
        return iter(())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        """Note which of several sections that may stand in its place it is."""
        made = handler(schema)
        kind = cls.needed_by or cls.kind
        return {**made, "x-kind": kind} if kind and "$ref" not in made else made

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, data: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
        try:
            section = handler(data)
        except ValidationError as error:
            given = data if isinstance(data, Mapping) else ()
            found = error.errors(include_url=False)
            lines = list(explain(found, cls, given))
            raise ValidationError.from_exception_data(cls.__name__, lines) from None
        problems = [
            detail(told(text), None, *([name] if name else [])) for name, text in section.check()
        ]
        if problems:
            raise ValidationError.from_exception_data(cls.__name__, problems)
        return section


def plain(value: Any) -> Any:
    """Give a section as plain values, its defaults filled in; absent keys are left out."""
    if isinstance(value, Section):
        found = {name: getattr(value, name) for name in type(value).model_fields}
        fields = type(value).model_fields
        return {
            fields[name].alias or name: plain(item)
            for name, item in found.items()
            if item is not None or is_nullable(fields[name])
        }
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def also(check: Callable[[Any], Iterable[str]], *, beside: bool = False) -> WrapValidator:
    """Make a validator of a check that yields what is wrong with a whole value.

    Parameters
    ----------
    check : callable
        Sees the value as it is written.
    beside : bool
        Whether it is asked where something is wrong with the value's parts, too.
    """

    def hold(value: Any, handler: Callable[[Any], Any]) -> Any:
        problems, made = [], None
        try:
            made = handler(value)
        except ValidationError as error:
            problems = _details(error)
        if not problems or (beside and isinstance(value, Mapping)):
            problems += [detail(told(text), value) for text in check(value)]
        if problems:
            raise ValidationError.from_exception_data("", problems)
        return made

    return WrapValidator(hold)


@dataclass(frozen=True)
class OneOf:
    """Marks a value that is held to one of several sections.

    Attributes
    ----------
    kinds : tuple of type
        The sections that it may be.
    choose : callable of value and context
        Gives the section.
    """

    kinds: tuple[type[Section], ...]
    choose: Callable[[Any, Any], type[Section]]

    def hold(self, value: Any, info: ValidationInfo) -> Section:
        """Hold a value to the section that it is."""
        return self.choose(value, info.context).model_validate(value, context=info.context)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Build none of the sections before one is chosen."""
        return core_schema.with_info_plain_validator_function(self.hold)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Give editors the choice."""
        return {"anyOf": [{SEE: kind.__name__} for kind in self.kinds]}


def contrast(said: str, *sections: type[Section]) -> None:
    """Let sections that stand in the same place know the keys of each other.

    Parameters
    ----------
    said : str
        What is said of a key of another one, with ``{kind}`` and ``{owners}`` for the kind of the
        section it stands in and those that know it.
    """
    owners: dict[str, list[str]] = {}
    kinds = {section: section.needed_by or section.kind for section in sections}
    for section, kind in kinds.items():
        for name in section.by_key():
            owners.setdefault(name, []).append(kind)
    for section, kind in kinds.items():
        section.foreign = {
            name: said.format(kind=kind, owners=" and ".join(knowing))
            for name, knowing in owners.items()
            if kind not in knowing
        }


def _details(error: ValidationError) -> list[Any]:
    """Give the errors that a validator caught as they can be raised again."""
    return [
        detail(told(e["ctx"]["text"], above=e["ctx"]["above"]), e["input"], *e["loc"])
        if e["type"] == "told"
        else InitErrorDetails(type=e["type"], loc=e["loc"], input=e["input"], ctx=e.get("ctx", {}))
        for e in error.errors(include_url=False)
    ]


def _plain_text(text: str) -> Iterator[str]:
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for sign in text):
        yield f" is {text!r}, which holds characters that cannot be seen; delete them."
    if not text.strip():
        yield f" is {text!r}, expected some text."


def no_repeats(values: list[Any]) -> Iterator[str]:
    """Say what stands in a list more than once."""
    hashable = [value for value in values if isinstance(value, Hashable)]
    twice = {str(value) for value in hashable if hashable.count(value) > 1}
    if twice:
        yield f" names {some(twice)} more than once."


def _no_shared_values(values: Mapping[str, Any]) -> Iterator[str]:
    listed = [value for value in values.values() if isinstance(value, str)]
    for value in sorted({v for v in listed if listed.count(v) > 1}):
        names = [name for name, other in values.items() if other == value]
        yield f" gives {' and '.join(map(str, names))} one label, '{value}'; expected one each."


def _rising(bounds: list[Any]) -> Iterator[str]:
    numbers = [b for b in bounds if isinstance(b, int | float)]
    if len(numbers) == len(bounds) == 2 and not numbers[0] < numbers[1]:
        yield f" is {list(bounds)}, expected the smaller number first."


def fit_names(*reserved: str) -> WrapValidator:
    """Hold names of the user's own, which become parts of paths, to what can be one."""

    def fit(names: Mapping[str, Any]) -> Iterator[str]:
        for text in why_unfit_together(names, reserved):
            yield f": {text}"

    return also(fit, beside=True)


FIT_NAMES = fit_names()


Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict(), AllowInfNan(False)]
Share = Annotated[float, Strict(), AllowInfNan(False), Field(ge=0, le=1)]
Text = Annotated[str, also(_plain_text)]
Names = Annotated[list[Text], Field(min_length=1), also(no_repeats)]
SomeNames = Annotated[list[Text], also(no_repeats)]
Seed = Annotated[int, Strict(), Field(ge=0, le=MAX_SEED)]
# Two numbers, the smaller one first.
Range = Annotated[list[Number], Field(min_length=2, max_length=2), also(_rising)]
Labels = Annotated[dict[str, Text], also(_no_shared_values)]
Channels = Annotated[dict[str, Text], Field(min_length=1), FIT_NAMES, also(_no_shared_values)]
Axis = Literal["x", "y", "z", "-x", "-y", "-z"]
Side = Literal["r", "l"]
Weights = dict[str, Annotated[float, Strict(), AllowInfNan(False), Field(ge=0, le=1000)]]
