"""The story of one client, step by step: each step creates or changes rows and writes its history event."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from demo.book import Book, chance
from demo.catalog import PRODUCTS
from domain.folios import SERIES
from domain.taxes import IVA, Line, Tax, line_of, rounded, totals_of
from models import (
    Address,
    BankAccount,
    Cancellation,
    CfdiProfile,
    Client,
    Collaborator,
    Contact,
    Deal,
    FollowUp,
    FunnelStage,
    HistoryEvent,
    Payment,
    PaymentReminders,
    ReceivableTerms,
    ReminderRule,
    SalesDocument,
    SalesDocumentLine,
    SalesDocumentTax,
)
from models.address import AddressKind
from models.bank_account import BankAccountRole
from models.base import Versioned
from models.cancellation import CancellationReason, SatCancellationState
from models.catalogs import BANKS, POSTAL_CODES
from models.client import ClientKind
from models.deal import DealState, Priority
from models.document import DocumentKind
from models.follow_up import FollowUpState, FollowUpType
from models.history import Change
from models.history import HistoryEventKind as Kind
from models.payment_reminders import ReminderMoment
from models.receivables import PaymentTerms
from models.sales_document import (
    CfdiFinding,
    CfdiVerification,
    SalesDocumentState,
    SalesDocumentType,
    TaxFactor,
    TaxKind,
)

ISSUING = {
    "quote": SalesDocumentType.QUOTE,
    "note": SalesDocumentType.SALES_NOTE,
    "invoice": SalesDocumentType.INVOICE,
}
QUOTE_VALIDITY = datetime.timedelta(days=15)


def cents(amount: Decimal) -> Decimal:
    """The amount to two decimals."""
    return rounded(amount, 2)


def touch(row: Versioned, when: datetime.datetime) -> None:
    """Count a write to a row."""
    row.version += 1
    row.updated_at = max(row.updated_at, when)


class Story:
    """A client and what happened with it. `owner` is who sells to it; people are named as in `Book.people`."""

    def __init__(
        self,
        book: Book,
        born: str,
        name: str,
        rfc: str | None,
        *,
        owner: str | None,
        prospect: bool = False,
        **values: Any,
    ) -> None:
        self.book = book
        self.source = chance(f"{book.company.id}/{rfc}/{name}/{born}")
        # Of edits and payments, so that the story's other values stay what they were.
        self.further = chance(f"{book.company.id}/{rfc}/{name}/{born} further")
        self.seller = book.people[owner] if owner else book.people["admin"]
        self.manager = book.people.get("gerencia", book.people["admin"])
        self.biller = book.people.get("cobranza", book.people["admin"])
        self.credit_days = 0
        when = book.at(born)
        self.client = book.add(
            Client,
            when,
            self.source,
            kind=ClientKind.PROSPECT if prospect else ClientKind.CLIENT,
            legal_name=name,
            rfc=rfc,
            owner_id=owner and self.seller.id,
            prospect_state_id=next(iter(book.prospect_states.values())).id if prospect else None,
            created_by_id=self.seller.id,
            **values,
        )
        self.tell(Kind.CLIENT_CREATED, when, self.seller)

    def add(self, model: type[Any], when: datetime.datetime, **values: Any) -> Any:
        """A row of this client's."""
        return self.book.add(model, when, self.source, client_id=self.client.id, **values)

    def tell(
        self,
        kind: Kind,
        when: datetime.datetime,
        by: Collaborator | None,
        source: Random | None = None,
        **values: Any,
    ) -> None:
        """Write an event: columns by name, and its details as `details`."""
        self.book.add(
            HistoryEvent,
            when,
            source or self.source,
            client_id=self.client.id,
            occurred_at=when,
            kind=kind,
            actor_id=by and by.id,
            **{"details": {}} | values,
        )

    def note(
        self,
        at: str,
        kind: Kind,
        change: Change,
        label: str,
        *changes: tuple[str, str | None, str | None],
        record: Versioned | None = None,
        by: Collaborator | None = None,
        **links: UUID,
    ) -> None:
        """Write the event of an edit, as `domain.history.note` does. A change is a field, and its text before and
        after; `record` is what was edited, and has its values of afterwards already."""
        when = self.book.at(at)
        if record and change is not Change.CREATED:
            touch(record, when)
        texts = [{"field": field, "from": before, "to": after} for field, before, after in changes]
        details = {"change": change, "label": label, "changes": texts}
        self.tell(kind, when, by or self.seller, self.further, details=details, **links)

    def external(self, at: str, kind: Kind, **details: str) -> None:
        """Another system puts an event on the history, in the administrator's name."""
        self.tell(kind, self.book.at(at), self.book.people["admin"], self.further, details=details)

    def become_client(self, at: str) -> None:
        """The prospect is converted; from this event on, the record is a client."""
        when, state = self.book.at(at), self._state()
        self.client.kind, self.client.prospect_state_id = ClientKind.CLIENT, None
        self.client.converted_at, self.client.converted_by_id = when, self.seller.id
        touch(self.client, when)
        self.tell(Kind.PROSPECT_CONVERTED, when, self.seller, details={"prospect_state": state})

    def come_into(self, at: str, name: str) -> None:
        """The prospect comes into the state of this name."""
        when, before = self.book.at(at), self._state()
        self.client.prospect_state_id = self.book.prospect_states[name].id
        touch(self.client, when)
        names = {"from_prospect_state": before, "to_prospect_state": name}
        self.tell(Kind.PROSPECT_STATE_CHANGED, when, self.seller, self.further, details=names)

    def _state(self) -> str:
        states = self.book.prospect_states.values()
        return next(state.name for state in states if state.id == self.client.prospect_state_id)

    def delete(self, at: str) -> None:
        when = self.book.at(at)
        self.client.deleted_at, self.client.deleted_by_id = when, self.manager.id
        touch(self.client, when)

    # The detail tab.

    def contact(self, at: str, name: str, job: str | None, email: str | None, phone: str | None, **values: Any) -> None:
        when = self.book.at(at)
        self.add(
            Contact, when, name=name, job_title=job, email=email, phone=phone, position=self._next(Contact), **values
        )

    def address(self, at: str, kind: AddressKind, street: str, number: str, postal_code: str, **values: Any) -> None:
        """An address in Mexico; state and municipality are those of its postal code."""
        place = POSTAL_CODES.get(postal_code)
        if place:
            values = {
                "state": place.state.code,
                "municipality": place.municipality and place.municipality.name,
            } | values
        self.add(
            Address,
            self.book.at(at),
            kind=kind,
            street=street,
            exterior_number=number,
            postal_code=postal_code,
            position=self._next(Address),
            **{"country": "MEX"} | values,
        )

    # The billing tab.

    def receivables(self, at: str, credit_days: int, credit_limit: str | None) -> None:
        """Credit for so many days; 0 is cash."""
        self.credit_days = credit_days
        self.add(
            ReceivableTerms,
            self.book.at(at),
            terms=PaymentTerms.CREDIT if credit_days else PaymentTerms.CASH,
            credit_days=credit_days,
            credit_limit=credit_limit and Decimal(credit_limit),
        )

    def reminders(
        self,
        at: str,
        *rules: tuple[str, int, int, int | None, int | None],
        cc: Iterable[str] = (),
        enabled: bool = True,
    ) -> None:
        """Payment reminders; a rule is a moment, days, an hour, and for AFTER repeat-every and repeat-at-most."""
        when = self.book.at(at)
        self.add(
            PaymentReminders,
            when,
            enabled=enabled,
            cc=list(cc),
            attach_pdf=True,
            attach_xml=True,
            working_days_only=True,
        )
        for position, (moment, days, hour, every, most) in enumerate(rules):
            self.add(
                ReminderRule,
                when,
                position=position,
                moment=ReminderMoment(moment),
                days=days,
                hour=hour,
                repeat_every_days=every,
                repeat_at_most=most,
            )

    def cfdi_profile(self, valid_from: str, valid_to: str | None = None, /, **values: Any) -> None:
        self.add(
            CfdiProfile,
            self.book.at(valid_from),
            valid_from=self.book.at(valid_from),
            valid_to=valid_to and self.book.at(valid_to),
            **{"currency": "MXN"} | values,
        )

    def bank_account(self, at: str, role: BankAccountRole, bank_code: str, number: str, description: str) -> None:
        """An account for transfers (form 03); the bank's name and RFC are the catalog's. One of the company's was
        assigned."""
        bank = BANKS.get(bank_code)
        assigned = self.book.accounts.get(number)
        self.add(
            BankAccount,
            self.book.at(at),
            company_account_id=assigned and assigned.id,
            role=role,
            bank_code=bank_code,
            bank_name=bank and bank.name,
            bank_rfc=bank and bank.rfc,
            payment_form="03",
            account_number=number,
            description=description,
            is_default=not any(account.role is role for account in self._mine(BankAccount)),
            position=self._next(BankAccount),
        )

    # The documents tab.

    def file(self, at: str, kind: DocumentKind, name: str, content: bytes, content_type: str, **values: Any) -> None:
        self.book.file(
            self.book.at(at),
            self.source,
            content,
            client_id=self.client.id,
            kind=kind,
            name=name,
            content_type=content_type,
            uploaded_by_id=self.seller.id,
            **{"tags": []} | values,
        )

    # Deals and follow-ups.

    def deal(self, at: str, title: str, value: str, **values: Any) -> Deal:
        when = self.book.at(at)
        deal: Deal = self.add(
            Deal,
            when,
            title=title,
            estimated_value=Decimal(value),
            state=DealState.OPEN,
            created_by_id=self.seller.id,
            **{
                "currency": "MXN",
                "priority": Priority.MEDIUM,
                "assignee_id": self.seller.id,
                "stage_id": self.book.stages[0].id,
            }
            | values,
        )
        details = {"title": title, "estimated_value": str(cents(deal.estimated_value)), "currency": deal.currency}
        self.tell(Kind.DEAL_CREATED, when, self.seller, deal_id=deal.id, details=details)
        return deal

    def advance(self, deal: Deal, at: str, stage: FunnelStage) -> None:
        """The deal comes into another stage."""
        before = next(one.name for one in self.book.stages if one.id == deal.stage_id)
        deal.stage_id = stage.id
        moved = ("stage_id", before, stage.name)
        self.note(at, Kind.DEAL_CHANGED, Change.UPDATED, deal.title, moved, record=deal, deal_id=deal.id)

    def win(self, deal: Deal, at: str, final_value: str) -> None:
        value = cents(Decimal(final_value))
        deal.final_value, deal.stage_id = value, self.book.stages[-1].id
        details = {"final_value": str(value), "currency": deal.currency}
        self._end(deal, DealState.WON, Kind.DEAL_WON, at, **details)

    def lose(self, deal: Deal, at: str, reason: str) -> None:
        deal.loss_reason_id = self.book.loss_reasons[reason].id
        self._end(deal, DealState.LOST, Kind.DEAL_LOST, at, reason=reason)

    def close(self, deal: Deal, at: str) -> None:
        self._end(deal, DealState.CLOSED, Kind.DEAL_CLOSED, at)

    def reopen(self, deal: Deal, at: str) -> None:
        when = self.book.at(at)
        deal.state, deal.reopened_at = DealState.OPEN, when
        deal.closed_on = deal.final_value = deal.loss_reason_id = None
        touch(deal, when)
        self.tell(Kind.DEAL_REOPENED, when, self.manager, deal_id=deal.id, details={"title": deal.title})

    def _end(self, deal: Deal, state: DealState, kind: Kind, at: str, **details: str) -> None:
        when = self.book.at(at)
        day = self.book.day(when)
        deal.state, deal.closed_on = state, day
        touch(deal, when)
        details |= {"title": deal.title, "closed_on": day.isoformat()}
        self.tell(kind, when, self.manager, deal_id=deal.id, details=details)

    def follow_up(
        self,
        planned: str,
        starts: str,
        name: str,
        *,
        minutes: int,
        type_: FollowUpType,
        state: FollowUpState = FollowUpState.PENDING,
        priority: Priority = Priority.MEDIUM,
        deal: Deal | None = None,
        assignee: str | None = None,
        description: str | None = None,
    ) -> None:
        """A follow-up planned at one time for another, with its event; one that is done was done on its end."""
        when = self.book.at(planned)
        starts_at = self.book.at(starts)
        ends_at = starts_at + datetime.timedelta(minutes=minutes)
        follow_up: FollowUp = self.add(
            FollowUp,
            when,
            name=name,
            description=description,
            type=type_,
            starts_at=starts_at,
            ends_at=ends_at,
            priority=priority,
            assignee_id=(self.book.people[assignee] if assignee else self.seller).id,
            state=state,
            deal_id=deal and deal.id,
            created_by_id=self.seller.id,
        )
        source = chance(f"{follow_up.id}")
        details: dict[str, Any] = {"change": Change.CREATED, "label": name, "changes": []}
        self.tell(Kind.FOLLOW_UP_CHANGED, when, self.seller, source, details=details, subject_id=follow_up.id)
        if state is FollowUpState.DONE:
            follow_up.completed_at = ends_at
            touch(follow_up, ends_at)

    # Sales.

    def sell(
        self,
        start: str,
        path: str,
        *lines: tuple[int, str],
        deal: Deal | None = None,
        currency: str = "MXN",
        exchange_rate: str = "1",
        tax_rate: str = "0.16",
    ) -> SalesDocument:
        """A sale from its first document to wherever it got; the last document.

        The path's words come one after the other, in working hours; those joined by + are at one instant; `10d` lets
        days pass. `quote`, `note` and `invoice` issue a document, or make it of the one before; `pay40` pays 40 % of
        the total, `paid` what is left, `bounced` a third that the bank takes back; `cancelling` asks the SAT to cancel
        the invoice, whose client has not agreed yet; any other word is the document's new state. A line is a quantity
        and a product.
        """
        clock = self.book.at(start)
        document: SalesDocument | None = None
        for beat, words in enumerate(path.split()):
            if words.removesuffix("d").isdigit():
                clock += datetime.timedelta(days=int(words[:-1]))
                continue
            if beat:
                clock = self._next_working_hour(clock)
            for word in words.split("+"):
                if word in ISSUING:
                    values = {
                        "deal_id": deal and deal.id,
                        "currency": currency,
                        "exchange_rate": Decimal(exchange_rate),
                    }
                    document = self._issue(ISSUING[word], clock, document, lines, tax_rate=Decimal(tax_rate), **values)
                    continue
                if not document:
                    raise ValueError(f"no document yet at {word!r} of {path!r}")
                owed = document.total - document.paid
                if word == "paid":
                    self._pay(document, clock, owed)
                elif word == "bounced":
                    clock = self._bounce(document, clock, cents(document.total / 3))
                elif word == "cancelling":
                    self._cancel_at_sat(document, SatCancellationState.IN_PROCESS, clock)
                elif word.startswith("pay"):
                    self._pay(document, clock, cents(document.total * int(word[3:]) / 100))
                else:
                    self.move(document, SalesDocumentState(word.upper()), clock)
        if not document:
            raise ValueError(f"no document in {path!r}")
        return document

    def import_cfdi(
        self,
        at: str,
        folio: str,
        *lines: tuple[int, str],
        type_: SalesDocumentType = SalesDocumentType.INVOICE,
        currency: str = "MXN",
        exchange_rate: str = "1",
        **values: Any,
    ) -> SalesDocument:
        """A CFDI that was issued elsewhere, by its folio there; PPD unless the values say otherwise."""
        when = self.book.at(at)
        stated = {
            "series": f"CFDI{SERIES[type_]}",
            "external_folio": folio,
            "currency": currency,
            "exchange_rate": Decimal(exchange_rate),
            "payment_method": "PPD",
            "payment_form": "99",
            "cfdi_use": "G03",
            "verification": CfdiVerification.VERIFIED,
            "verification_findings": [CfdiFinding.CHAIN_NOT_CHECKED, CfdiFinding.SAT_SEAL_NOT_CHECKED],
        }
        document = self._issue(type_, when, None, lines, tax_rate=Decimal("0.16"), **stated | values)
        self.move(document, SalesDocumentState.STAMPED, when)
        return document

    def override(self, document: SalesDocument, problems: str, reason: str) -> None:
        """It was issued although something for its CFDI was missing."""
        details = {"problems": problems, "reason": reason}
        admin, when = self.book.people["admin"], document.issued_at
        of_it: dict[str, Any] = {"sales_document_id": document.id, "details": details}
        self.tell(Kind.SALES_DOCUMENT_READINESS_OVERRIDDEN, when, admin, self.further, **of_it)

    def stamp(self, document: SalesDocument, at: str) -> None:
        """Its fiscal folio was registered."""
        when = self.book.at(at)
        document.uuid = document.uuid or UUID(int=self.source.getrandbits(128), version=4)
        document.stamped_at = when
        touch(document, when)
        of_it: dict[str, Any] = {"sales_document_id": document.id, "details": {"uuid": str(document.uuid)}}
        self.tell(Kind.SALES_DOCUMENT_STAMPED, when, self.biller, self.further, **of_it)

    def _issue(
        self,
        type_: SalesDocumentType,
        when: datetime.datetime,
        origin: SalesDocument | None,
        lines: Iterable[tuple[int, str]],
        *,
        tax_rate: Decimal,
        **values: Any,
    ) -> SalesDocument:
        day, quote = self.book.day(when), type_ is SalesDocumentType.QUOTE
        values = {"series": SERIES[type_]} | values
        document: SalesDocument = self.add(
            SalesDocument,
            when,
            type=type_,
            state=SalesDocumentState.DRAFT,
            issued_at=when,
            issued_by_id=self.seller.id,
            due_on=None if quote else day + datetime.timedelta(days=self.credit_days),
            expires_on=day + QUOTE_VALIDITY if quote else None,
            on_credit=bool(self.credit_days) and not quote,
            paid=Decimal(0),
            credited=Decimal(0),
            origin_id=origin and origin.id,
            **values,
        )
        sold: list[Line] = []
        parents = sorted(self._lines(origin), key=lambda line: line.position) if origin else []
        for position, (quantity, product) in enumerate(lines):
            description, product_code, unit_code, price = PRODUCTS[product]
            price = cents(Decimal(price) / document.exchange_rate)
            tax = Tax(TaxKind.TRANSFERRED, IVA, TaxFactor.RATE, tax_rate)
            line = line_of(Decimal(quantity), price, Decimal(0), [tax])
            sold.append(line)
            row: SalesDocumentLine = self.add(
                SalesDocumentLine,
                when,
                sales_document_id=document.id,
                position=position,
                description=description,
                product_code=product_code,
                unit_code=unit_code,
                quantity=Decimal(quantity),
                unit_price=price,
                discount=line.discount,
                tax_object="02",
                amount=line.amount,
                tax=line.tax,
                converted=Decimal(0),
                origin_line_id=parents[position].id if parents else None,
            )
            if parents:
                parents[position].converted = row.quantity
            (charge,) = line.charges
            # Ids of their own, so that the story's other values stay what they were.
            self.book.add(
                SalesDocumentTax,
                when,
                chance(f"{row.id}"),
                client_id=self.client.id,
                sales_document_id=document.id,
                line_id=row.id,
                position=0,
                kind=tax.kind,
                tax=tax.tax,
                factor=tax.factor,
                rate=tax.rate,
                base=charge.base,
                amount=charge.amount,
            )
        totals = totals_of(sold, document.currency)
        document.subtotal, document.discount, document.tax = totals.subtotal, totals.discount, totals.tax
        document.withheld, document.total = totals.withheld, totals.total
        if not origin:
            details = {"total": str(document.total), "currency": document.currency}
            self.tell(Kind.SALES_DOCUMENT_ISSUED, when, self.seller, sales_document_id=document.id, details=details)
        else:
            # A document that another became has no event of its own; what is drawn after it stays as it was with one.
            self.source.getrandbits(74)
            origin.state = SalesDocumentState.CONVERTED
            touch(origin, when)
            self.tell(
                Kind.SALES_DOCUMENT_CONVERTED,
                when,
                self.seller,
                sales_document_id=document.id,
                origin_document_id=origin.id,
                details={},
            )
        return document

    def _lines(self, document: SalesDocument) -> Iterable[SalesDocumentLine]:
        return (row for row in self.book.of(SalesDocumentLine) if row.sales_document_id == document.id)

    def move(self, document: SalesDocument, state: SalesDocumentState, when: datetime.datetime) -> None:
        """The document comes into a state, and the history tells it."""
        if document.state is state:
            return
        if state is SalesDocumentState.CANCELLED and document.uuid:
            self._cancel_at_sat(document, SatCancellationState.CANCELLED_WITHOUT_ACCEPTANCE, when)
        details = {"from_state": document.state, "to_state": state}
        document.state = state
        touch(document, when)
        if state is SalesDocumentState.STAMPED:
            document.uuid, document.stamped_at = UUID(int=self.source.getrandbits(128), version=4), when
        by = self.seller if document.type is SalesDocumentType.QUOTE else self.biller
        if state is SalesDocumentState.VIEWED:
            by = None  # The client opened the link.
        self.tell(Kind.SALES_DOCUMENT_STATE_CHANGED, when, by, sales_document_id=document.id, details=details)

    def _cancel_at_sat(self, document: SalesDocument, state: SatCancellationState, when: datetime.datetime) -> None:
        """The SAT is asked to cancel the document and answers at once."""
        source = chance(f"{document.id} cancelled")  # ids of their own, as those of taxes
        reason = CancellationReason.ERRORS_WITHOUT_RELATION
        common = {"client_id": self.client.id, "sales_document_id": document.id}
        self.book.add(
            Cancellation,
            when,
            source,
            reason=reason,
            requested_at=when,
            requested_by_id=self.biller.id,
            sat_state=state,
            answered_at=when,
            **common,
        )
        for kind, details in (
            (Kind.SALES_DOCUMENT_CANCELLATION_REQUESTED, {"reason": reason}),
            (
                Kind.SALES_DOCUMENT_CANCELLATION_REPORTED,
                {"from_sat_state": SatCancellationState.REQUESTED, "to_sat_state": state},
            ),
        ):
            self.book.add(
                HistoryEvent,
                when,
                source,
                occurred_at=when,
                kind=kind,
                actor_id=self.biller.id,
                details=dict(details),
                **common,
            )

    def _pay(self, document: SalesDocument, when: datetime.datetime, amount: Decimal) -> Payment:
        document.paid += amount
        touch(document, when)
        whole = document.paid == document.total
        self.move(document, SalesDocumentState.PAID if whole else SalesDocumentState.PARTIALLY_PAID, when)
        self.tell_payment(Kind.SALES_DOCUMENT_PAYMENT_REGISTERED, document, when, amount)
        return self.add(
            Payment,
            when,
            sales_document_id=document.id,
            amount=amount,
            currency=document.currency,
            exchange_rate=document.exchange_rate,
            payment_form="03",
            paid_at=when,
            reference=f"SPEI {self.source.randrange(10**7):07}",
            registered_by_id=self.biller.id,
        )

    def _bounce(self, document: SalesDocument, when: datetime.datetime, amount: Decimal) -> datetime.datetime:
        before = document.state
        payment = self._pay(document, when, amount)
        later = self._next_working_hour(when)
        payment.reversed_at = later
        touch(payment, later)
        document.paid -= amount
        self.move(document, before, later)
        self.tell_payment(Kind.SALES_DOCUMENT_PAYMENT_REVERSED, document, later, amount)
        return later

    def tell_payment(self, kind: Kind, document: SalesDocument, when: datetime.datetime, amount: Decimal) -> None:
        """What was done with money on the document."""
        details = {"amount": str(amount), "currency": document.currency}
        self.tell(kind, when, self.biller, self.further, sales_document_id=document.id, details=details)

    def _next_working_hour(self, when: datetime.datetime) -> datetime.datetime:
        """Some hours later, at a minute between 9 and 18 of a day from Monday to Friday."""
        local = when.astimezone(self.book.zone) + datetime.timedelta(minutes=self.source.randrange(45, 420))
        if local.hour >= 18 or local.hour < 9:
            local = local.replace(hour=9) + datetime.timedelta(days=1 if local.hour >= 18 else 0)
        if local.weekday() >= 5:
            local += datetime.timedelta(days=7 - local.weekday())
        return local.astimezone(datetime.UTC)

    def _mine(self, model: type[Any]) -> Iterable[Any]:
        return (row for row in self.book.of(model) if row.client_id == self.client.id)

    def _next(self, model: type[Any]) -> int:
        return sum(1 for _ in self._mine(model))
