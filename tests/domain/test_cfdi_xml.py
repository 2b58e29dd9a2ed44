"""What is said of a file that is no XML: where it stops being one, in both languages."""

import pytest

from domain.cfdi_xml import parse
from domain.problem import Rejected


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        ("", 1, 1),
        ("%PDF-1.7", 1, 1),
        ("<a>\n <b></a>", 2, 7),
        ("\n\n<?xml version='1.0'?>\n<a>\n <b></a>", 5, 7),
        ("<a>ñ&nbsp;</a>", 1, 5),
        ("<a>" * 60, 1, 151),
        (b'<?xml version="1.0" encoding="rot13"?><a/>', 1, 31),
        (b"\x00\xff\xfe", 1, 1),
    ],
)
def test_an_xml_that_cannot_be_read_is_told_where(content: str | bytes, line: int, column: int) -> None:
    with pytest.raises(Rejected) as rejected:
        parse(content)
    [problem] = rejected.value.problems
    assert problem.code.name == "CFDI_NOT_XML"
    assert problem.message_es == f"El archivo no es un XML legible: revise la línea {line}, columna {column}."
    assert problem.message_en == f"The file is not readable XML: check line {line}, column {column}."
