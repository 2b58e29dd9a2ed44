"""The messages of problems as texts that translators may change, with the keys `problem RFC_FORMAT`."""

from collections.abc import Callable, Iterator

from domain.problem import ProblemCode, problem_codes
from models.texts import Text


def problem_texts() -> Iterator[Text]:
    """Every message with its values in braces, in the order of the codes."""
    for name, code in problem_codes().items():
        yield Text(f"problem {name}", code.es, code.en, _put(code))


def _put(code: ProblemCode) -> Callable[[str, str], None]:
    def put(language: str, text: str) -> None:
        if language == "en":
            code.en = text
        else:
            code.es = text

    return put
