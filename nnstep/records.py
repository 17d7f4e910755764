"""`dataclass` as in the standard library, for a twentieth of its time: nothing is compiled.

The standard one writes five functions for each class and compiles them. The first screen needs more than a hundred
classes, and would wait longer for that than for NumPy. Here the functions are the same ones for all classes.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, **how: bool) -> Any:
        """Make a class a dataclass; `how` is as for `dataclasses.dataclass`, which does what is rarely asked for."""
        if cls is None:
            return lambda cls: dataclass(cls, **how)
        frozen, eq = how.pop("frozen", False), how.pop("eq", True)
        if how:
            return dataclasses.dataclass(frozen=frozen, eq=eq, **how)(cls)
        # Where there is no docstring the standard library makes one of the signature, and takes a tokenizer for that.
        cls.__doc__ = cls.__doc__ or cls.__name__
        cls = dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
        fields = tuple(cls.__dataclass_fields__.values())
        _put(cls, "__init__", _init(fields, hasattr(cls, "__post_init__")))
        _put(cls, "__repr__", _repr)
        if eq:
            values = attrgetter(*(field.name for field in fields)) if fields else type
            _put(cls, "__eq__", _eq(values))
            _put(cls, "__hash__", (lambda self: hash(values(self))) if frozen else None)
        if frozen:
            cls.__setattr__ = _refuse_to_set
            cls.__delattr__ = _refuse_to_delete
        return cls


__all__ = ["dataclass"]


def _put(cls: type, name: str, function: Any) -> None:
    # Python itself gives a class that defines __eq__ a __hash__ of None.
    if cls.__dict__.get(name) is None:
        setattr(cls, name, function)


def _init(fields: tuple[dataclasses.Field[Any], ...], has_more: bool) -> Callable[..., None]:
    names, count = tuple(field.name for field in fields), len(fields)

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807
        if named or len(values) != count:
            values = _filled(type(self).__name__, fields, values, named)
        self.__dict__.update(zip(names, values, strict=True))
        if has_more:
            self.__post_init__()

    return __init__


def _filled(
    what: str, fields: tuple[dataclasses.Field[Any], ...], values: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, ...]:
    """Return a value for each field. Raises TypeError as a call does."""
    if len(values) > len(fields):
        raise TypeError(f"{what} takes {len(fields)} values, and {len(values)} were given")
    found = list(values)
    for field in fields[len(values) :]:
        if field.name in named:
            found.append(named.pop(field.name))
        elif field.default is not dataclasses.MISSING:
            found.append(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            found.append(field.default_factory())
        else:
            raise TypeError(f"{what} needs {field.name}")
    if named:
        raise TypeError(f"{what} has no {', '.join(named)}, or was given it twice")
    return tuple(found)


def _eq(values: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    def __eq__(self: Any, other: Any) -> Any:  # noqa: N807
        return values(self) == values(other) if self.__class__ is other.__class__ else NotImplemented

    return __eq__


def _repr(self: Any) -> str:
    values = (f"{name}={getattr(self, name)!r}" for name in self.__dataclass_fields__)
    return f"{type(self).__qualname__}({', '.join(values)})"


def _refuse_to_set(self: Any, name: str, value: Any) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
