"""All texts that translators may change: the labels of values and fields, and the sentences of the history.

They are declared in Spanish and in English with their nouns; `all_texts` lists them, and `Text.put` puts others in
their places, before anything is answered. A text has a key that outlives a change of the text:

    enum SalesDocumentState.DRAFT      a value of an enum, by the schema's names
    field contact.phone                a field of a row
    event DEAL_WON                     what a kind of event is called
    event DEAL_WON sentence            the sentence about one, with its details in braces
    event CONTACT_CHANGED noun         what its sentence calls what was edited; `nouns` in the plural
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from models.history import HistoryEventKind
from models.labels import ENUMS, FIELDS, LANGUAGES

_DETAILS: Final = re.compile(r"\{\w+\}")
_OPTIONAL: Final = re.compile(r"\[[^][]*\]")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages."""

    key: str
    es: str
    en: str
    _put: Callable[[str, str], None]

    def of(self, language: str) -> str:
        """The text in `es` or `en`."""
        return self.en if language == "en" else self.es

    def put(self, language: str, text: str) -> None:
        """Takes the place of the declared one. ValueError where it has other details in braces, or brackets that are
        not closed."""
        expected, actual = (set(_DETAILS.findall(each)) for each in (self.of(language), text))
        left = _OPTIONAL.sub("", _DETAILS.sub("", text))
        if expected != actual or {*left} & {*"{}[]"}:
            raise ValueError(f"{self.key}: “{text}” must have {', '.join(sorted(expected)) or 'nothing'} in braces")
        self._put(language, text)


def all_texts() -> Iterator[Text]:
    """Every text, in the order of the keys. The nouns of `schema/` must have been imported."""
    yield from sorted(
        [*_of_labels("enum", ENUMS), *_of_labels("field", FIELDS), *_of_events()], key=lambda text: text.key
    )


def _of_labels(kind: str, groups: Mapping[str, Any]) -> Iterator[Text]:
    for name, labels in groups.items():
        for value, label in labels.items():

            def put(language: str, text: str, labels: Any = labels, value: str = value) -> None:
                labels[value] = replace(labels[value], **{language: text})

            yield Text(f"{kind} {name}.{value}", label.es, label.en, put)


def _of_events() -> Iterator[Text]:
    for kind in HistoryEventKind:
        declared = kind.declared
        yield Text(f"event {kind}", declared.word, declared.word_en, _put_attribute(kind, "word", "word_en"))
        if declared.says:
            yield Text(f"event {kind} sentence", *declared.says, _put_sentence(kind))
        if declared.noun:
            for key, names in (("noun", ("es", "en")), ("nouns", ("es_plural", "en_plural"))):
                es, en = (getattr(declared.noun, name) for name in names)
                if es:
                    yield Text(f"event {kind} {key}", es, en, _put_noun(kind, *names))


def _put_attribute(kind: HistoryEventKind, *names: str) -> Callable[[str, str], None]:
    def put(language: str, text: str) -> None:
        kind.declared = replace(kind.declared, **{names[LANGUAGES.index(language)]: text})

    return put


def _put_noun(kind: HistoryEventKind, *names: str) -> Callable[[str, str], None]:
    def put(language: str, text: str) -> None:
        noun: Any = kind.declared.noun
        kind.declared = replace(kind.declared, noun=replace(noun, **{names[LANGUAGES.index(language)]: text}))

    return put


def _put_sentence(kind: HistoryEventKind) -> Callable[[str, str], None]:
    def put(language: str, text: str) -> None:
        es, en = kind.declared.says or ("", "")
        kind.declared = replace(kind.declared, says=(es, text) if language == "en" else (text, en))

    return put
