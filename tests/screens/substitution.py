"""A template engine that can do two things: put a value in its place, and repeat a part.

    {{name}}            the value of that name, escaped; `{{.}}` is the item itself
    {{#name}}…{{/name}} the part, for each item of a list, within an object, or where a value is there
    {{^name}}…{{/name}} the part, where it is empty, false or not there

It is the part of Mustache without lambdas, partials and raw values: it translates, computes and joins nothing. A value
that no answer holds is an error.
"""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PART = re.compile(r"\{\{([#^])([\w.]+)\}\}(.*?)\{\{/\2\}\}", re.DOTALL)
_VALUE = re.compile(r"\{\{([\w.]+)\}\}")


def render(template: str, *scopes: Any) -> str:
    """The template with the values of the scopes, the innermost of which is the last."""
    parts: list[str] = []
    end = 0
    for part in _PART.finditer(template):
        parts += [_values(template[end : part.start()], scopes), _part(part, scopes)]
        end = part.end()
    return "".join([*parts, _values(template[end:], scopes)])


def _part(part: re.Match[str], scopes: Sequence[Any]) -> str:
    mark, name, body = part.groups()
    value = _value(name, scopes, None)
    if mark == "^":
        return "" if value else render(body, *scopes)
    items: Sequence[Any] = value if isinstance(value, list) else [value] if value else []
    return "".join(render(body, *scopes, item) for item in items)


def _values(text: str, scopes: Sequence[Any]) -> str:
    def written(name: re.Match[str]) -> str:
        value = _value(name[1], scopes)
        assert not isinstance(value, dict | list | bool), f"{name[1]} is no text"
        return "" if value is None else html.escape(str(value))

    return _VALUE.sub(written, text)


def _value(name: str, scopes: Sequence[Any], *absent: Any) -> Any:
    """The value, in the innermost scope that has it; where none has, `absent`."""
    if name == ".":
        return scopes[-1]
    first, *rest = name.split(".")
    for scope in reversed(scopes):
        if isinstance(scope, Mapping) and first in scope:
            value: Any = scope[first]
            for each in rest:
                value = value[each]
            return value
    if absent:
        return absent[0]
    raise KeyError(name)
