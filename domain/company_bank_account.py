"""The company's own bank accounts, one of which a client is assigned for its deposits. An assigned account is a copy
of the company's and follows its changes, so that a CLABE is corrected only once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from domain import history
from domain.audit import audit
from domain.bank_account import (
    MIRRORED,
    RULES,
    BankData,
    account_problems,
    complete,
    label,
)
from domain.company import settings_of
from domain.fields import fields_of, shown
from domain.inputs import Input, OnRecord
from domain.policy import NOT_FOUND, RECORD_DELETED, RECORD_NOT_DELETED
from domain.problem import TOO_MANY, reject
from domain.refusals import IN_USE
from domain.work import UnitOfWork
from models import BankAccount, Client, CompanyBankAccount
from models.audit import AuditEventKind

FIELDS = fields_of(
    CompanyBankAccount,
    but=["position"],
    **{**RULES, "payment_form": replace(RULES["payment_form"], default="03")},
)

MOST = 100
"""Accounts of one company: they are read whole."""


async def create_company_bank_account(work: UnitOfWork, input: Input) -> CompanyBankAccount:
    """Another account, at the end; the first is the default."""
    await settings_of(work)
    model = CompanyBankAccount
    alive = select(func.count(), func.coalesce(func.max(model.position), -1)).where(
        model.company_id == work.company_id, model.deleted_at.is_(None)
    )
    number, last = (await work.session.execute(alive)).one()
    if number >= MOST:
        raise reject(TOO_MANY, most=MOST)
    values = await work.read(FIELDS, input, creating=True)
    account = work.new(model, position=last + 1, **values)
    account.is_default = account.is_default or number == 0
    await _settle(work, account)
    await work.add(account)
    _tell(work, account, "CREATED")
    return account


async def update_company_bank_account(work: UnitOfWork, input: OnRecord) -> CompanyBankAccount:
    """Changes what the input states, here and in the clients' accounts that it was assigned as."""
    # Whoever assigns an account locks the client before the account.
    await work.lock_clients((), BankAccount, await _assigned(work, input.id))
    account = await _locked(work, input, deleted=False)
    values = await work.read(FIELDS, input)
    before = history.snapshot(account, FIELDS)
    with work.session.no_autoflush:
        if await history.apply(work, account, FIELDS, values):
            await _settle(work, account)
    changes = await history.differences(work, FIELDS, before, history.snapshot(account, FIELDS))
    if changes:
        work.touch(account)
        _tell(work, account, "UPDATED", changes=changes)
        work.flush()
        await _follow(work, account)
    return account


async def delete_company_bank_account(work: UnitOfWork, input: OnRecord) -> CompanyBankAccount:
    """Deletes an account that no client deposits in; it can be restored."""
    account = await _locked(work, input, deleted=False)
    assigned = work.of(
        BankAccount, BankAccount.company_account_id == account.id, BankAccount.deleted_at.is_(None)
    ).limit(1)
    if await work.session.scalar(assigned):
        raise reject(IN_USE).at("id")
    account.deleted_at = work.now
    work.touch(account)
    _tell(work, account, "DELETED")
    return account


async def restore_company_bank_account(work: UnitOfWork, input: OnRecord) -> CompanyBankAccount:
    """Brings a deleted account back, not as the default."""
    account = await _locked(work, input, deleted=True)
    account.deleted_at, account.is_default = None, False
    work.touch(account)
    _tell(work, account, "RESTORED")
    work.flush()
    return account


async def _locked(work: UnitOfWork, input: OnRecord, *, deleted: bool) -> CompanyBankAccount:
    await settings_of(work)
    account = await work.get(CompanyBankAccount, input.id, lock=True)
    if account is None:
        raise reject(NOT_FOUND).at("id")
    if (account.deleted_at is not None) != deleted:
        raise reject(RECORD_NOT_DELETED if deleted else RECORD_DELETED).at("id")
    work.expect(account, input)
    return account


async def _settle(work: UnitOfWork, account: CompanyBankAccount) -> None:
    complete(account)
    stated = {name: getattr(account, name) for name in ("payment_form", "account_number", "bank_code", "bank_rfc")}
    work.judge(account_problems(BankData(**stated), work.today))
    if account.is_default:
        model = CompanyBankAccount
        others = update(model).where(
            model.company_id == work.company_id,
            model.id != account.id,
            model.deleted_at.is_(None),
            model.is_default,
        )
        changed: dict[str, Any] = {"is_default": False, "version": model.version + 1, "updated_at": work.now}
        former = others.values(changed).returning(model).execution_options(populate_existing=True)
        lost = [{"field": "is_default", "from": shown(True), "to": shown(False)}]
        for other in await work.session.scalars(former):
            _tell(work, other, "UPDATED", changes=lost)


async def _assigned(work: UnitOfWork, account_id: UUID) -> Sequence[UUID]:
    """The clients' accounts that it was assigned as, the deleted ones too."""
    assigned = select(BankAccount.id).where(
        BankAccount.company_id == work.company_id, BankAccount.company_account_id == account_id
    )
    return (await work.session.scalars(assigned)).all()


async def _follow(work: UnitOfWork, account: CompanyBankAccount) -> None:
    """The accounts that it was assigned as say what it says, the deleted ones too, and their clients have changed: in
    one statement."""
    values: dict[str, Any] = {name: getattr(account, name) for name in MIRRORED}
    counted: dict[str, Any] = {"version": BankAccount.version + 1, "updated_at": work.now}
    assigned = (
        update(BankAccount)
        .where(BankAccount.company_id == work.company_id, BankAccount.company_account_id == account.id)
        .values(values | counted)
        .returning(BankAccount.client_id)
        .cte("assigned")
    )
    clients = (
        update(Client)
        .where(Client.company_id == work.company_id, Client.id.in_(select(assigned.c.client_id)))
        .values(updated_at=func.greatest(Client.updated_at, work.now))
        .returning(Client.id)
    )
    work.changed |= set(await work.session.scalars(clients.execution_options(synchronize_session=False)))


def _tell(work: UnitOfWork, account: CompanyBankAccount, change: str, **details: Any) -> None:
    audit(work, AuditEventKind.COMPANY_CHANGED, bank_account=label(account), change=change, **details)
