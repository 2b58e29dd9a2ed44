"""Ordinary clients and prospects, each declared in one line and generated at random, with its name as the seed."""

import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from demo.book import Book
from demo.files import pdf
from demo.story import Story
from demo.words import GIVEN_NAMES, JOBS, STREETS, SURNAMES
from domain.clabe import control_digit
from models.address import AddressKind
from models.bank_account import BankAccountRole
from models.catalogs import fold
from models.cfdi_profile import TaxpayerStatus
from models.client import GENERIC_RFCS
from models.deal import Priority
from models.document import DocumentKind
from models.follow_up import FollowUpState, FollowUpType

PUBLIC, FOREIGN = GENERIC_RFCS

STORY_END = datetime.date(2026, 11, 20)
"""The last day on which something happened."""
PATIENCE = datetime.timedelta(days=75)
"""After so long, most debts are paid and most tasks done."""
PAYING = 0.85
"""The part of the clients that pay, and that buy again."""
RENEWING = 0.4
"""The part of the clients with a new deal."""

PATHS = (
    "quote sent accepted note+sent invoice+stamped+sent viewed paid",
    "invoice+stamped+sent viewed 20d paid",
    "invoice+stamped+sent viewed",
    "quote sent rejected",
    "note+sent pay50",
    "quote sent accepted invoice+stamped+sent bounced",
    "invoice+stamped cancelled",
    "note+sent paid",
)
QUOTES = ("quote", "quote sent", "quote sent rejected")
PRODUCTS = ("desk", "chair", "laptop", "projector", "paper", "support")
RECENT = (
    "quote sent",
    "quote sent accepted",
    "quote sent accepted note+sent",
    "note+sent",
    "note+sent pay50",
    "invoice+stamped+sent",
    "invoice+stamped+sent viewed",
    "invoice+stamped+sent viewed paid",
)
"""Sales of the last weeks, in which a company is never idle."""
DEALS = (
    "Renovación de equipo",
    "Mobiliario de oficina",
    "Contrato anual de papelería",
    "Nueva sucursal",
    "Mantenimiento",
)
TASKS = (
    (FollowUpType.CALL, "Llamar para confirmar el pedido"),
    (FollowUpType.EMAIL, "Enviar catálogo actualizado"),
    (FollowUpType.VISIT, "Visita de cortesía"),
    (FollowUpType.WHATSAPP, "Avisar de la entrega"),
    (FollowUpType.MEETING, "Revisar condiciones de pago"),
)


class Card(NamedTuple):
    """A client in a line or two. Sections named in `lacks` stay empty."""

    rfc: str | None
    name: str
    trade_name: str | None
    owner: str | None
    since: str
    regime: str | None = None
    postal_code: str | None = None
    note: str | None = None
    lacks: str = ""
    deleted: str | None = None
    prospect_until: str | None = None
    came_into: tuple[str, str] | None = None
    """When a prospect came into which state."""
    taxpayer_status: TaxpayerStatus | None = None
    """What its constancia says."""


def tell(book: Book, card: Card, *, prospect: bool = False) -> Story:
    """An ordinary record: some of everything, as the random source of its name will have it."""
    lacks = set(card.lacks.split())
    born = f"{card.since} 10:30"
    story = Story(
        book,
        born,
        card.name,
        card.rfc,
        owner=card.owner,
        prospect=prospect or bool(card.prospect_until),
        trade_name=card.trade_name,
        internal_note=card.note,
        price_list_id=card.owner and book.price_lists["Exportación" if card.rfc == FOREIGN else "General"].id,
    )
    chance = story.source
    if "contacts" not in lacks:
        for position in range(chance.randint(1, 3)):
            _contact(story, born, first=not position)
    if "addresses" not in lacks and card.postal_code:
        street, number = chance.choice(STREETS), str(chance.randint(1, 1999))
        story.address(born, AddressKind.FISCAL, street, number, card.postal_code, neighborhood="Centro")
    if card.prospect_until:
        _deals(story, f"{card.since} 12:00")
        story.become_client(f"{card.prospect_until} 16:00")
    if not prospect:
        _billing(story, card, lacks, born)
    elif "cfdi" not in lacks:
        story.cfdi_profile(born, rfc=card.rfc, name=card.name, tax_regime=card.regime, postal_code=card.postal_code)
    if "deals" not in lacks and not card.prospect_until:
        _deals(story, f"{card.since} 12:00")
    if "deals" not in lacks and not card.deleted and story.further.random() < RENEWING:
        _recent_deal(story)
    if "sales" not in lacks:
        _sales(story, card, QUOTES if prospect else PATHS)
    if "follow_ups" not in lacks:
        _follow_ups(story, card)
    if "files" not in lacks and not prospect:
        content = pdf(["CONSTANCIA DE SITUACIÓN FISCAL (muestra)", f"RFC: {card.rfc}", card.name])
        story.file(
            born, DocumentKind.TAX_STATUS_CERTIFICATE, "Constancia.pdf", content, "application/pdf", tags=["fiscal"]
        )
    if card.came_into:
        story.come_into(*card.came_into)
    if card.deleted:
        story.delete(card.deleted)
    return story


def _contact(story: Story, at: str, *, first: bool) -> None:
    chance = story.source
    first_name, surname = chance.choice(GIVEN_NAMES), chance.choice(SURNAMES)
    story.contact(
        at,
        f"{first_name} {surname} {chance.choice(SURNAMES)}",
        chance.choice(JOBS),
        f"{fold(first_name)}.{fold(surname)}{chance.randint(1, 99)}@example.com",
        f"+5255{chance.randint(10_000_000, 59_999_999)}",
        is_primary=first,
        receives_reminders=first,
    )


def _billing(story: Story, card: Card, lacks: set[str], born: str) -> None:
    at, chance = f"{card.prospect_until or card.since} 16:30", story.source
    if "receivables" not in lacks:
        days, limit = chance.choice(
            ((0, None), (0, None), (15, "50000.00"), (30, "150000.00"), (30, None), (0, "0.00"))
        )
        story.receivables(at, days, limit)
    if "reminders" not in lacks:
        story.reminders(at, ("BEFORE", 3, 9, None, None), ("AFTER", 1, 9, 5, 6), enabled=chance.random() < 0.7)
    if "cfdi" not in lacks:
        status = card.taxpayer_status
        story.cfdi_profile(at, rfc=card.rfc, name=card.name, taxpayer_status=status, **_cfdi(story, card))
    if "bank" not in lacks:
        number = f"072580{chance.randrange(10**11):011}"
        number += control_digit(number)
        # The client's own account came with it, so that it has no event of its own.
        story.bank_account(born, BankAccountRole.PAYER, "072", number, "Desde la que transfiere")


def _cfdi(story: Story, card: Card) -> dict[str, str | None]:
    if card.rfc == PUBLIC:
        return {"tax_regime": "616", "cfdi_use": "S01", "payment_form": "01", "payment_method": "PUE"}
    if card.rfc == FOREIGN:
        return {
            "tax_regime": "616",
            "cfdi_use": "S01",
            "payment_form": "99",
            "payment_method": "PPD",
            "currency": "USD",
            "tax_residence": "USA",
            "tax_id": "741234567",
        }
    later = story.credit_days > 0
    return {
        "tax_regime": card.regime,
        "cfdi_use": "G03",
        "postal_code": card.postal_code,
        "payment_form": "99" if later else "03",
        "payment_method": "PPD" if later else "PUE",
    }


def _deals(story: Story, at: str) -> None:
    chance, book = story.source, story.book
    when = book.at(at)

    def after(days: int) -> str:
        return f"{when.astimezone(book.zone) + datetime.timedelta(days=days):%Y-%m-%d %H:%M}"

    stages, further = book.stages, story.further
    for number in range(chance.randint(1, 2)):
        value = chance.randrange(8_000, 160_000, 500)
        title = chance.choice(DEALS)
        deal = story.deal(after(number), title, str(value), priority=chance.choice(list(Priority)))
        end = chance.choice(("open", "won", "lost", "closed"))
        if end == "open" and book.day(when) < STORY_END - 2 * PATIENCE:
            end = "won"
        if end != "won":
            for stage in stages[1 : further.randint(1, len(stages) - 1)]:
                story.advance(deal, after(number + stage.position), stage)
        if end == "won":
            story.win(deal, after(number + 6), str(value * Decimal("0.95")))
        elif end == "lost":
            story.lose(deal, after(number + 8), chance.choice(list(book.loss_reasons)))
        elif end == "closed":
            story.close(deal, after(number + 5))


def _recent_deal(story: Story) -> None:
    """A deal of the last weeks that is still open, somewhere in the funnel."""
    further, book = story.further, story.book
    began = STORY_END - datetime.timedelta(days=further.randint(20, 60))
    value, title = further.randrange(15_000, 240_000, 500), further.choice(DEALS)
    deal = story.deal(f"{_working_day(began)} 12:15", title, str(value), priority=further.choice(list(Priority)))
    for stage in book.stages[1 : further.randint(1, len(book.stages))]:
        story.advance(deal, f"{_working_day(began + datetime.timedelta(days=4 * stage.position))} 16:20", stage)


def _working_day(day: datetime.date) -> datetime.date:
    """The day, or the Monday after."""
    return day + datetime.timedelta(days=-day.weekday() % 7 if day.weekday() > 4 else 0)


def _sales(story: Story, card: Card, paths: tuple[str, ...]) -> None:
    chance, further = story.source, story.further
    first = datetime.date.fromisoformat(card.prospect_until or card.since) + datetime.timedelta(days=1)
    deleted = card.deleted and datetime.date.fromisoformat(card.deleted[:10])
    last = (deleted or STORY_END) - datetime.timedelta(days=45)
    span = max((last - first).days, 1)
    abroad: dict[str, Any] = (
        {"currency": "USD", "exchange_rate": "18.4325", "tax_rate": "0"} if card.rfc == FOREIGN else {}
    )
    for _ in range(chance.randint(1, 4)):
        day = _working_day(first + datetime.timedelta(days=chance.randrange(span)))
        lines = [(chance.randint(1, 12), product) for product in chance.sample(PRODUCTS, chance.randint(1, 3))]
        path = chance.choice(paths)
        if _leaves_debt(path) and day < (deleted or STORY_END) - PATIENCE and further.random() < PAYING:
            path += f" {further.randint(6, 24)}d paid"
        story.sell(f"{day} {chance.randint(9, 13):02}:{chance.randint(0, 59):02}", path, *lines, **abroad)
    if paths is PATHS and not deleted and first < STORY_END - PATIENCE and further.random() < PAYING:
        day = _working_day(STORY_END - datetime.timedelta(days=further.randint(7, 40)))
        path = further.choice(RECENT)
        if _leaves_debt(path) and not story.credit_days:
            path += " paid"
        story.sell(
            f"{day} 10:{further.randint(10, 59)}", path, (further.randint(1, 9), further.choice(PRODUCTS)), **abroad
        )


def _leaves_debt(path: str) -> bool:
    return ("note" in path or "invoice" in path) and not path.endswith(("paid", "cancelled"))


def _follow_ups(story: Story, card: Card) -> None:
    chance, further = story.source, story.further
    first = datetime.date.fromisoformat(card.since)
    for days, state in ((3, FollowUpState.DONE), (12, chance.choice((FollowUpState.PENDING, FollowUpState.CANCELLED)))):
        type_, name = chance.choice(TASKS)
        day = first + datetime.timedelta(days=days)
        if state is FollowUpState.PENDING and day < STORY_END - PATIENCE:
            state = FollowUpState.DONE  # noqa: PLW2901  # long ago
        story.follow_up(
            f"{first} 17:00", f"{day} {chance.randint(9, 16):02}:00", name, minutes=30, type_=type_, state=state
        )
    if card.owner and not card.deleted:
        type_, name = further.choice(TASKS)
        day = _working_day(STORY_END + datetime.timedelta(days=further.randint(-4, 24)))
        story.follow_up(
            "2026-11-13 10:00", f"{day} {further.randint(9, 16):02}:30", name,
            minutes=30, type_=type_, priority=further.choice(list(Priority)),
        )  # fmt: skip
