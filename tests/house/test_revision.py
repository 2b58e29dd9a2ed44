"""`ficha revision` writes the migration of a changed model whole: columns, CHECKs, and the wall of a new table."""

import subprocess
import sys
from pathlib import Path

import psycopg

from tests.house.stranger import ficha

PET = '''

class Pet(Owned, Versioned, Base):
    """An animal at the client."""

    __tablename__ = "pet"

    name: Mapped[str] = line_of(20)
'''


def test_a_changed_model_becomes_a_migration(tree: Path, new_database: str) -> None:
    model = tree / "models" / "contact.py"
    text = model.read_text(encoding="utf-8")
    text = text.replace(
        "    name: Mapped[str] = line_of(200)\n",
        "    name: Mapped[str] = line_of(300)\n    nickname: Mapped[str | None] = line_of(40)\n",
    )
    model.write_text(text + PET, encoding="utf-8")

    [*_, written] = ficha(tree, new_database, "revision", "Contacts have a nickname").splitlines()
    assert Path(written).parent == tree / "migrations" / "versions"
    for check in (["check"], ["format", "--check"]):
        subprocess.run([Path(sys.executable).parent / "ruff", *check, written], cwd=tree, check=True)
    ficha(tree, new_database, "migrate")
    with psycopg.connect(new_database) as owner:
        checks = owner.execute(
            "select conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'c' and"
            " (conrelid = 'pet'::regclass or conname in ('ck_contact_name_length', 'ck_contact_nickname_length'))"
            " order by 1"
        ).fetchall()
        assert checks == [
            ("ck_contact_name_length", "CHECK (((char_length(name) >= 1) AND (char_length(name) <= 300)))"),
            ("ck_contact_nickname_length", "CHECK (((char_length(nickname) >= 1) AND (char_length(nickname) <= 40)))"),
            ("ck_pet_name_length", "CHECK (((char_length(name) >= 1) AND (char_length(name) <= 20)))"),
            ("ck_pet_version", "CHECK ((version > 0))"),
        ]
        walls = owner.execute("select tablename, policyname from pg_policies where tablename = 'pet'").fetchall()
        assert walls == [("pet", "company")]
        rights = owner.execute(
            "select privilege_type from information_schema.table_privileges"
            " where table_name = 'pet' and grantee = 'ficha_app' order by 1"
        ).fetchall()
        assert [right for (right,) in rights] == ["INSERT", "SELECT"]
        changed = owner.execute(
            "select table_name, column_name from information_schema.column_privileges"
            " where grantee = 'ficha_app' and privilege_type = 'UPDATE'"
            " and (table_name = 'pet' or column_name = 'nickname') order by 1, 2"
        ).fetchall()
        assert changed == [("contact", "nickname"), ("pet", "name"), ("pet", "updated_at"), ("pet", "version")]
    # Nothing differs any more.
    assert "pass" in Path(ficha(tree, new_database, "revision", "Nothing").splitlines()[-1]).read_text(encoding="utf-8")
