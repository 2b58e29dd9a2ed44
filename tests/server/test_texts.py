"""Labels and sentences go to translators as gettext's catalogs, and come back; a server shows what came back."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

import schema  # noqa: F401  # which declares the labels
from domain.problem import problem_codes
from errors import CommandRefused
from models.history import HistoryEventKind
from models.labels import ENUMS, FIELDS, LANGUAGES
from server.access import tokens
from server.settings import Settings
from server.texts import catalog_of, declared_texts, read_texts
from tests.fixtures import ROOT, own_process


def changed(change: Callable[[Catalog], None], language: str = "en") -> bytes:
    """The exported catalog as a translator has changed it."""
    catalog = read_po(io.BytesIO(catalog_of(language)))
    change(catalog)
    written = io.BytesIO()
    write_po(written, catalog)
    return written.getvalue()


def translated(key: str, text: str) -> Callable[[Catalog], None]:
    def change(catalog: Catalog) -> None:
        [message] = [message for message in catalog if message.context == key]
        message.string = text

    return change


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_exported_is_read_as_it_was(language: str) -> None:
    read = read_texts(catalog_of(language))
    assert read == (language, {text.key: text.of(language) for text in declared_texts()}, [])


def test_every_label_and_sentence_is_in_the_catalog() -> None:
    keys = {text.key for text in declared_texts()}
    assert keys >= {f"enum {name}.{value}" for name, labels in ENUMS.items() for value in labels}
    assert keys >= {f"field {table}.{name}" for table, labels in FIELDS.items() for name in labels}
    assert keys >= {f"event {kind}" for kind in HistoryEventKind}
    assert keys >= {f"event {kind} sentence" for kind in HistoryEventKind if kind.declared.says}
    assert keys >= {f"problem {name}" for name in problem_codes()}
    assert len(keys) == len(declared_texts())


def test_what_is_not_translated_or_outdated_is_told_and_not_used() -> None:
    def change(catalog: Catalog) -> None:
        by_key = {message.context: message for message in catalog}
        by_key["enum FollowUpType.CALL"].string = ""
        by_key["enum FollowUpType.VISIT"].flags.add("fuzzy")
        by_key["enum FollowUpType.MEETING"].id = "Junta"
        catalog.add("Algo", "Something", context="enum Nothing.AT_ALL")

    language, texts, lines = read_texts(changed(change))
    assert language == "en"
    assert sorted(lines) == [
        "enum FollowUpType.CALL: not translated",
        "enum FollowUpType.MEETING: it was “Junta” and is “Reunión” now",
        "enum FollowUpType.VISIT: not translated",
        "enum Nothing.AT_ALL: there is no such text",
    ]
    assert not {"enum FollowUpType.CALL", "enum FollowUpType.MEETING", "enum FollowUpType.VISIT"} & texts.keys()


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b'msgid "a\n', b'msgid ""\nmsgstr "Language: fr\\n"\n', b"PK\x03\x04"]
)
def test_what_is_no_catalog_of_the_two_languages_is_refused(content: bytes) -> None:
    with pytest.raises(CommandRefused):
        read_texts(content)


def ficha(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ["PATH"], "FICHA_DATA_DIR": str(folder), "FICHA_TEXTS": str(folder / "texts")}
    command = [sys.executable, "-m", "server.command.cli", "labels", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)


@pytest.mark.claims(
    "README.md",
    "Labels, sentences and messages of problems are in Spanish and English; `ficha labels export` writes them to a"
    " catalog of gettext for translators, and `ficha labels import` takes it back.",
)
def test_a_server_shows_what_a_translator_wrote(demo_settings: Settings, tmp_path: Path) -> None:
    translations = {
        "enum FollowUpType.CALL": "Telefonema",
        "event DEAL_CREATED sentence": "Oportunidad «{title}» abierta[, por {estimated_value}]",
        "problem RFC_WITHOUT_HOMOCLAVE": "Al RFC le falta la homoclave: los 3 caracteres finales.",
    }

    def change(catalog: Catalog) -> None:
        for key, text in translations.items():
            translated(key, text)(catalog)

    for language in LANGUAGES:
        file = tmp_path / f"{language}.po"
        file.write_bytes(changed(change if language == "es" else lambda _: None, language))
        imported = ficha(tmp_path, "import", str(file))
        assert imported.stdout.decode() == f"kept in {tmp_path / 'texts' / file.name}\n"
    again = ficha(tmp_path, "export", "--language", "es")
    assert read_texts(again.stdout)[1].items() >= translations.items()
    assert ficha(tmp_path, "export", "--language", "en").stdout == catalog_of("en")
    with own_process(demo_settings, FICHA_TEXTS=tmp_path / "texts") as (_, url):
        answer = httpx.post(
            f"{url}/graphql",
            json={"query": QUERY},
            headers={"Authorization": f"Bearer {tokens.issue(demo_settings, 'admin@demo.mx', 1)}"},
            trust_env=False,
            timeout=60,
        ).json()
    [error] = answer["errors"]
    assert error["message"] == translations["problem RFC_WITHOUT_HOMOCLAVE"]
    answer = answer["data"]["client"]
    assert answer["followUps"]["nodes"][0]["typeLabel"] == "Telefonema"
    assert answer["history"]["nodes"][0]["summary"] == (
        "Oportunidad «Licencias de software educativo» abierta, por 12,500.00 USD"
    )


QUERY = """
{
  unknown: client(rfc: "GOH831115") { id }
  client(rfc: "EKU9003173C9") {
    followUps(filter: {type: {eq: CALL}}, first: 1) { nodes { typeLabel } }
    history(kinds: [DEAL_CREATED], first: 1) { nodes { summary } }
  }
}
"""


def test_every_declared_text_could_be_a_translation() -> None:
    """What `Text.put` asks of a translation, the declared ones have."""
    for text in declared_texts():
        for language in LANGUAGES:
            text.put(language, text.of(language))


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "text",
    [
        "Deal {titel} {estimated_value}",
        "Deal {title}",
        "{title} {estimated_value} [",
        "{title.a} {title} {estimated_value}",
    ],
)
def test_a_sentence_with_other_details_is_refused_and_not_kept(tmp_path: Path, text: str) -> None:
    file = tmp_path / "en.po"
    file.write_bytes(changed(translated("event DEAL_CREATED sentence", text)))
    refused = ficha(tmp_path, "import", str(file))
    assert (refused.returncode, b"event DEAL_CREATED sentence" in refused.stderr) == (1, True)
    assert not (tmp_path / "texts").exists()
