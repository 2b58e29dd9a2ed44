"""Texts as translators have them: gettext's catalogs (.po), exported from the declarations and taken back.

A message's context is the text's key, its msgid the Spanish text as it is declared, its msgstr the text in the
catalog's language. What is empty, fuzzy, or about a Spanish text that has changed since is not used.
"""

import io
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

from domain.problem_texts import problem_texts
from errors import CommandRefused
from models.labels import LANGUAGES
from models.texts import Text, all_texts
from server.settings import Settings

_INSTANT: Final = (b'"POT-Creation-Date:', b'"PO-Revision-Date:')


def catalog_of(language: str, texts: Mapping[str, str] | None = None) -> bytes:
    """The catalog of all texts in `es` or `en`, in UTF-8: as in `texts` by their keys, otherwise as declared."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    catalog = Catalog(locale=language, project="Ficha", charset="utf-8", fuzzy=False)
    for text in declared_texts():
        catalog.add(text.es, (texts or {}).get(text.key, text.of(language)), context=text.key)
    written = io.BytesIO()
    write_po(written, catalog, sort_output=False, omit_header=False, width=0)
    # Without the instant of the export: the same texts are the same file.
    return b"".join(line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(_INSTANT))


def read_texts(content: bytes) -> tuple[str, Mapping[str, str], list[str]]:
    """The language of a catalog, its texts by their keys, and a line for each message that is not used. CommandRefused
    for what is no catalog of Ficha's."""
    from babel.messages.pofile import PoFileError, read_po

    try:
        catalog = read_po(io.BytesIO(content), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise CommandRefused(f"no catalog of gettext: {error}") from error
    language = str(catalog.locale or "")[:2]
    if language not in LANGUAGES:
        raise CommandRefused(f"its header must say Language: {' or '.join(LANGUAGES)}, not {language or 'nothing'}")
    declared = {text.key: text for text in declared_texts()}
    texts: dict[str, str] = {}
    lines: list[str] = []
    for message in catalog:
        key, translation = str(message.context or ""), str(message.string).strip()
        if not message.id:
            continue
        text = declared.get(key)
        if text is None:
            lines.append(f"{key or message.id}: there is no such text")
        elif message.id != text.es:
            lines.append(f"{key}: it was “{message.id}” and is “{text.es}” now")
        elif message.fuzzy or not translation:
            lines.append(f"{key}: not translated")
        else:
            texts[key] = translation
    return language, texts, lines


def keep_texts(settings: Settings, content: bytes) -> tuple[Path, list[str]]:
    """Puts a catalog where the servers read it when they start; the lines of `read_texts`. CommandRefused where a text
    has other details than the declared one."""
    language, texts, lines = read_texts(content)
    _use(language, texts)
    settings.texts.mkdir(parents=True, exist_ok=True)
    path = settings.texts / f"{language}.po"
    beside = path.with_suffix(".new")
    beside.write_bytes(content)
    beside.replace(path)
    return path, lines


def translated_texts(settings: Settings) -> Mapping[str, Mapping[str, str]]:
    """The texts of the catalogs in the folder of the settings, by language."""
    paths = {language: settings.texts / f"{language}.po" for language in LANGUAGES}
    return {language: read_texts(path.read_bytes())[1] for language, path in paths.items() if path.exists()}


def use_translated_texts(settings: Settings) -> None:
    """Uses them from here on."""
    for language, texts in translated_texts(settings).items():
        _use(language, texts)


def declared_texts() -> list[Text]:
    """Labels and sentences, and the messages of problems."""
    import_module("schema")  # where nouns declare their labels
    return [*all_texts(), *problem_texts()]


def _use(language: str, texts: Mapping[str, str]) -> None:
    try:
        for text in declared_texts():
            if text.key in texts:
                text.put(language, texts[text.key])
    except ValueError as error:
        raise CommandRefused(str(error)) from error
