"""The short form of `make soak`: a few of its faults, in an order that is always the same."""

import pytest

from server.settings import Settings
from tests.faults.soak import FAULTS, soak


@pytest.mark.claims(
    "docs/operating.md",
    "`make soak` has all of this happen for an hour, one after the other, while people write, read, send files,"
    " leave and"
    " read slowly; in the end nothing that was acknowledged is missing or there twice, and `ficha check` is clean.",
)
@pytest.mark.claims(
    "docs/operating.md",
    "| a process is killed | its clients' connections break; what it had answered is saved, and of several processes it"
    " is started anew |",
)
@pytest.mark.parametrize("seed", [1])
def test_a_short_soak(settings: Settings, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    soak(settings, 20, seed)
    assert "ficha check is clean" in capsys.readouterr().out
    assert len(FAULTS) == 12
