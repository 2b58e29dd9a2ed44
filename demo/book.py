"""The rows of a demo company before they are in a database; nothing here depends on the machine or the day."""

import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.company import equip
from models import (
    Base,
    CfdiProfile,
    Client,
    Collaborator,
    Company,
    CompanyBankAccount,
    CompanySequence,
    Deal,
    Document,
    FolioSeries,
    FollowUp,
    FunnelStage,
    HistoryEvent,
    Holiday,
    Invitation,
    LossReason,
    PriceList,
    ProspectState,
    SalesDocument,
    StatementLink,
)
from models.catalogs import BANKS
from models.client import ClientKind
from models.collaborator import Locale, Role
from models.ids import uuid7
from models.sales_document import FISCAL
from storage.keys import document_key

Row = TypeVar("Row", bound=Base)

FOLLOW_UP_SEQUENCE = "FOLLOW_UP"


def chance(name: str) -> Random:
    """A random source seeded by the name, so that its values are the same on every machine."""
    return Random(name)  # noqa: S311  invented data, no secrets


@dataclass(frozen=True)
class StoredFile:
    """The bytes of a document row, to be put in the object store under its key."""

    key: str
    content: bytes
    content_type: str


class Book:
    """All rows of one company. Times are given in the company's zone, as "2026-10-01 09:30", and stored in UTC."""

    def __init__(self, company_id: UUID, since: str, **company: Any) -> None:
        self.zone = ZoneInfo(company["time_zone"])
        self.since = self.at(since)
        self.company = Company(id=company_id, created_at=self.since, updated_at=self.since, **company)
        self.rows: list[Base] = [self.company]
        self.files: list[StoredFile] = []
        self.people: dict[str, Collaborator] = {}
        self.stages: list[FunnelStage] = []
        self.loss_reasons: dict[str, LossReason] = {}
        self.prospect_states: dict[str, ProspectState] = {}
        self.price_lists: dict[str, PriceList] = {}
        self.accounts: dict[str, CompanyBankAccount] = {}
        # Every record's random values come of its own name, so that changing one story leaves the others as they were.
        self.source = chance(f"{company_id}")

    def at(self, local: str) -> datetime.datetime:
        return datetime.datetime.fromisoformat(local).replace(tzinfo=self.zone).astimezone(datetime.UTC)

    def day(self, when: datetime.datetime) -> datetime.date:
        """The company's calendar day."""
        return when.astimezone(self.zone).date()

    def add(self, model: type[Row], when: datetime.datetime, source: Random | None = None, **values: Any) -> Row:
        """A new row as of `when`, with the columns that rows have in common filled in."""
        columns = model.__table__.columns
        common: dict[str, Any] = {"company_id": self.company.id}
        if "id" in columns:
            common["id"] = uuid7(int(when.timestamp() * 1000), source or self.source)
        if "version" in columns:
            common |= {"version": 1, "created_at": when, "updated_at": when}
        if "recorded_at" in columns:
            common["recorded_at"] = when
        row = model(**common | values)
        self.rows.append(row)
        return row

    def of(self, model: type[Row]) -> Iterator[Row]:
        return (row for row in self.rows if isinstance(row, model))

    def staff(self, *people: tuple[str, str, Role, str | None]) -> None:
        """Collaborators, each an e-mail address, a name, a role and a picture; in `people` by what is before the @."""
        for email, name, role, picture in people:
            self.people[email.partition("@")[0]] = self.add(
                Collaborator,
                self.since,
                name=name,
                email=email,
                role=role,
                picture=picture and f"/avatars/{picture}",
                active=True,
                joined_at=self.since,
            )

    def equip(self, stages: tuple[str, ...], loss_reasons: tuple[str, ...]) -> None:
        """What every company begins with, with these stages and reasons."""
        further = chance(f"{self.company.id} equip")

        def new(model: type[Row], /, **values: Any) -> Row:
            source = self.source if model in (FunnelStage, LossReason) else further
            return self.add(model, self.since, source, **values)

        for row in equip(new, stages, loss_reasons):
            if isinstance(row, FunnelStage):
                self.stages.append(row)
            elif isinstance(row, LossReason):
                self.loss_reasons[row.name] = row
            elif isinstance(row, ProspectState):
                self.prospect_states[row.name] = row

    def bank_account(self, bank_code: str, number: str, description: str) -> None:
        """An account of the company's own for transfers; the first is the default."""
        bank = BANKS.get(bank_code)
        self.accounts[number] = self.add(
            CompanyBankAccount,
            self.since,
            chance(f"{self.company.id} {number}"),
            bank_code=bank_code,
            bank_name=bank and bank.name,
            bank_rfc=bank and bank.rfc,
            payment_form="03",
            account_number=number,
            description=description,
            is_default=not self.accounts,
            position=len(self.accounts),
        )

    def holiday(self, day: str, name: str) -> None:
        """A day off of the company's own."""
        source = chance(f"{self.company.id} {day}")
        on = datetime.date.fromisoformat(day)
        self.add(Holiday, self.since, source, day=on, name=name, created_at=self.since)

    def invite(self, at: str, email: str, name: str, role: Role, by: str) -> None:
        """A person who has not signed in yet. Their invitation cannot be accepted: no secret has this hash."""
        when, source = self.at(at), chance(f"{self.company.id} invites {email}")
        invited = self.add(Collaborator, when, source, name=name, email=email, role=role, active=True, joined_at=None)
        self.add(
            Invitation,
            when,
            source,
            collaborator_id=invited.id,
            secret_hash=hashlib.sha256(email.encode()).digest(),
            created_by_id=self.people[by].id,
            created_at=when,
            expires_at=when + datetime.timedelta(days=7),
        )

    def link_statement(self, at: str, client: Client, by: str) -> None:
        """A link to the client's statement of account of the year so far. It opens nothing: no secret has this hash."""
        when, source = self.at(at), chance(f"{self.company.id} hands out {client.id}")
        day = self.day(when)
        self.add(
            StatementLink,
            when,
            source,
            client_id=client.id,
            first_day=day.replace(month=1, day=1),
            last_day=day,
            currency=self.company.currency,
            locale=Locale.ES_MX,
            expires_on=day + datetime.timedelta(days=30),
            secret_hash=hashlib.sha256(client.id.bytes).digest(),
            created_by_id=self.people[by].id,
            created_at=when,
        )

    def price_lists_of(self, *lists: tuple[str, str, str]) -> None:
        """Price lists, each a name, a description and a currency."""
        for name, description, currency in lists:
            self.price_lists[name] = self.add(
                PriceList, self.since, name=name, description=description, currency=currency
            )

    def file(self, when: datetime.datetime, source: Random, content: bytes, **values: Any) -> Document:
        """A document row and its bytes."""
        document = self.add(
            Document, when, source, size=len(content), sha256=hashlib.sha256(content).hexdigest(), **values
        )
        document.object_key = document_key(self.company.id, document.id)
        self.files.append(StoredFile(document.object_key, content, document.content_type))
        return document

    def _series(self, document: SalesDocument) -> FolioSeries:
        """The series in which documents from elsewhere are numbered."""
        source = chance(f"{self.company.id} {document.type} {document.series}")
        values = {"type": document.type, "series": document.series, "is_default": False, "active": True}
        return self.add(FolioSeries, self.since, source, last_number=0, **values)

    def close(self) -> None:
        """Number documents and follow-ups in the order of time, as the sequences would have, and write into the events
        what follows from that order. Stories are told one after the other, so that it is not known before all are."""
        series = {(each.type, each.series): each for each in self.of(FolioSeries)}
        for document in sorted(self.of(SalesDocument), key=lambda row: (row.issued_at, row.id)):
            numbering = series.get((document.type, document.series)) or self._series(document)
            series[document.type, document.series] = numbering
            numbering.last_number += 1
            document.number = numbering.last_number
        last = 0
        for last, follow_up in enumerate(sorted(self.of(FollowUp), key=lambda row: (row.created_at, row.id)), 1):
            follow_up.number = last
        for position, deal in enumerate(sorted(self.of(Deal), key=lambda row: (row.created_at, row.id), reverse=True)):
            deal.position = Decimal(position)
        if last:
            self.rows.append(CompanySequence(company_id=self.company.id, name=FOLLOW_UP_SEQUENCE, value=last))

        profiles = {profile.client_id: profile for profile in self.of(CfdiProfile) if profile.valid_to is None}
        for document in self.of(SalesDocument):
            if (
                document.external_folio is None
                and document.type in FISCAL
                and (profile := profiles.get(document.client_id))
            ):
                document.payment_form, document.payment_method = profile.payment_form, profile.payment_method
                document.cfdi_use = profile.cfdi_use

        clients = {client.id: client for client in self.of(Client)}
        documents = {document.id: document for document in self.of(SalesDocument)}
        self._order_events()
        for event in self.of(HistoryEvent):
            client = clients[event.client_id]
            event.as_prospect = client.kind is ClientKind.PROSPECT or event.occurred_at < (
                client.converted_at or client.created_at
            )
            if event.sales_document_id is None:
                continue
            to = documents[event.sales_document_id]
            if event.kind.declared.is_edit:
                event.details["label"] = folio(to)
            elif event.origin_document_id is None:
                event.details |= {"type": to.type, "folio": folio(to)}
            else:
                origin = documents[event.origin_document_id]
                event.details |= {
                    "from_type": origin.type,
                    "from_folio": folio(origin),
                    "to_type": to.type,
                    "to_folio": folio(to),
                }

    def _order_events(self) -> None:
        """Let the ids of the events of one instant sort in the order in which they were told, as those that commands
        write do: the history is read by them."""
        instants: dict[tuple[UUID, datetime.datetime], list[HistoryEvent]] = {}
        for event in self.of(HistoryEvent):
            instants.setdefault((event.client_id, event.occurred_at), []).append(event)
        for events in instants.values():
            for event, id_ in zip(events, sorted(event.id for event in events), strict=True):
                event.id = id_


def folio(document: SalesDocument) -> str:
    """What the database computes into `folio`."""
    return document.external_folio or f"{document.series}-{document.number}"
