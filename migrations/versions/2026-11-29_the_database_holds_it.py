"""The database holds what one row or one document promises: CHECK constraints, triggers, and rights by column. And the
SAT's list of art. 69-B.

The constraints are NOT VALID where there are rows already: nobody waits while they are looked through, and those that
break one do not keep the others from being migrated. `ficha check` lists these, `ficha check --validate` ends it.

Revision: 0024, after 0023
"""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


GUARDS = Path(__file__).with_suffix(".sql").read_text("utf-8")
"""The functions and triggers of `models/guards.py`, as they were then: a later change is a migration of its own."""


def codes(listed: str) -> str:
    """A list of SQL literals."""
    return ", ".join(f"'{code}'" for code in listed.split())


CURRENCIES = codes(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYR BZD CAD "
    "CDF CHE CHF CHW CLF CLP CNH CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ESD ETB EUR FJD FKP GBP "
    "GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW "
    "KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRO MUR MVR MWK MXN MXV MYR MZN NAD NGN NIC "
    "NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLL SOS SRD "
    "SSP STD SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYP UYU UZS VEF VES VND VUV WST "
    "XAF XAG XAU XBA XBB XBC XBD XCD XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWL"
)
REGIMES = codes("601 603 605 606 607 608 610 611 612 614 615 616 620 621 622 623 624 625 626")
FORMS = codes("01 02 03 04 05 06 08 12 13 14 15 17 23 24 25 26 27 28 29 30 31 99")
OBJECTS = codes("01 02 03 04 05 06 07 08")
STATES = codes(
    "AGU BCN BCS CAM CHH CHP CMX COA COL DUR GRO GUA HID JAL MEX MIC MOR NAY NLE OAX PUE QUE ROO SIN SLP SON TAB "
    "TAM TLA VER YUC ZAC AK AL AR AZ CA CO CT DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE "
    "NH NJ NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY AB BC MB NB NL NS NT ON PE QC SK UN YT"
)
COUNTRIES = codes(
    "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH "
    "BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB "
    "CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO "
    "GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN "
    "IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA "
    "MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER "
    "NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU "
    "RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA "
    "TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT "
    "WLF WSM YEM ZAF ZMB ZWE ZZZ"
)
USES = codes("CN01 CP01 D01 D02 D03 D04 D05 D06 D07 D08 D09 D10 G01 G02 G03 I01 I02 I03 I04 I05 I06 I07 I08 S01")
RFC = r"'^[A-Z&Ñ]{3,4}[0-9]{2}(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])[A-Z0-9]{2}[0-9A]$'"

CHECKS = {
    "address": {
        "country": f"country in ({COUNTRIES})",
        "position": "position >= 0",
        "postal_code": "country <> 'MEX' or postal_code ~ '^[0-9]{5}$'",
        "postal_code_length": "char_length(postal_code) between 1 and 20",
        "state": f"state in ({STATES})",
        "version": "version > 0",
    },
    "application": {
        "version": "version > 0",
    },
    "api_key": {
        "revoked": "revoked_at is not null or revoked_by_id is null",
    },
    "audit_event": {
        "details": "jsonb_typeof(details) = 'object'",
    },
    "bank_account": {
        "bank_code": "bank_code ~ '^[0-9]{3}$'",
        "bank_rfc": f"bank_rfc ~ {RFC}",
        "deposit_account": (
            "account_number is null or not (role = 'DEPOSIT') or payment_form = '02' and account_number ~ "
            "'^([0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50})$' or payment_form = '03' and "
            "account_number ~ '^([0-9]{10}|[0-9]{18})$' or payment_form = '04' and account_number ~ "
            "'^([0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50})$' or payment_form = '05' and "
            "account_number ~ '^([0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50})$' or payment_form "
            "= '28' and account_number ~ '^([0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50})$' or "
            "payment_form = '29' and account_number ~ "
            "'^([0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50})$'"
        ),
        "payer_account": (
            "account_number is null or not (role = 'PAYER') or payment_form = '02' and account_number ~ "
            "'^([0-9]{11}|[0-9]{18})$' or payment_form = '03' and account_number ~ "
            "'^([0-9]{10}|[0-9]{16}|[0-9]{18})$' or payment_form = '04' and account_number ~ "
            "'^([0-9]{16})$' or payment_form = '05' and account_number ~ "
            "'^([0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50})$' or payment_form = '06' and "
            "account_number ~ '^([0-9]{10})$' or payment_form = '28' and account_number ~ '^([0-9]{16})$' "
            "or payment_form = '29' and account_number ~ '^([0-9]{15,16})$'"
        ),
        "payment_form": f"payment_form in ({FORMS})",
        "position": "position >= 0",
        "version": "version > 0",
    },
    "cfdi_profile": {
        "cfdi_use": f"cfdi_use in ({USES})",
        "currency": f"currency in ({CURRENCIES})",
        "payment_form": f"payment_form in ({FORMS})",
        "payment_method": "payment_method in ('PPD', 'PUE')",
        "postal_code": "postal_code ~ '^[0-9]{5}$'",
        "rfc": f"rfc ~ {RFC}",
        "tax_regime": f"tax_regime in ({REGIMES})",
        "tax_residence_code": f"tax_residence in ({COUNTRIES})",
        "version": "version > 0",
    },
    "client": {
        "version": "version > 0",
    },
    "collaborator": {
        "email": r"email ~ '^[^@\s]+@[^@\s]+$'",
        "version": "version > 0",
    },
    "company_bank_account": {
        "bank_code": "bank_code ~ '^[0-9]{3}$'",
        "bank_rfc": f"bank_rfc ~ {RFC}",
        "deposit_account": (
            "account_number is null or not (true) or payment_form = '02' and account_number ~ "
            "'^([0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50})$' or payment_form = '03' and "
            "account_number ~ '^([0-9]{10}|[0-9]{18})$' or payment_form = '04' and account_number ~ "
            "'^([0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50})$' or payment_form = '05' and "
            "account_number ~ '^([0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50})$' or payment_form "
            "= '28' and account_number ~ '^([0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50})$' or "
            "payment_form = '29' and account_number ~ "
            "'^([0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50})$'"
        ),
        "payment_form": f"payment_form in ({FORMS})",
        "position": "position >= 0",
        "version": "version > 0",
    },
    "company_sequence": {
        "value": "value > 0",
    },
    "company": {
        "currency": f"currency in ({CURRENCIES})",
        "postal_code": "postal_code ~ '^[0-9]{5}$'",
        "rfc": f"rfc ~ {RFC}",
        "role_permissions": "jsonb_typeof(role_permissions) = 'object'",
        "tax_regime": f"tax_regime in ({REGIMES})",
        "time_zone": "char_length(time_zone) between 1 and 100",
        "version": "version > 0",
    },
    "contact": {
        "email": r"email ~ '^[^@\s]+@[^@\s]+$'",
        "phone": r"phone ~ '^\+[1-9][0-9]{1,14}$'",
        "position": "position >= 0",
        "version": "version > 0",
    },
    "deal": {
        "currency": f"currency in ({CURRENCIES})",
        "final_value": "final_value is null or state = 'WON'",
        "version": "version > 0",
    },
    "default_reminder": {
        "position": "position >= 0",
    },
    "document": {
        "content_type": r"content_type ~ '^[^/\s]+/[^/\s].*$'",
        "object_key": "object_key <> ''",
        "original": "(original_id is null) = (revision = 1) and original_id <> id",
        "version": "version > 0",
    },
    "folio_series": {
        "default": "active or not is_default",
        "series": "char_length(series) between 1 and 25",
        "version": "version > 0",
    },
    "follow_up": {
        "number": "number > 0",
        "version": "version > 0",
    },
    "funnel_stage": {
        "position": "position >= 0",
        "version": "version > 0",
    },
    "history_event": {
        "details": "jsonb_typeof(details) = 'object'",
        "origin_document": "origin_document_id <> sales_document_id",
    },
    "loss_reason": {
        "version": "version > 0",
    },
    "payment_reminders": {
        "cc": r"array_to_string(cc, ' ') ~ '^([^@\s]+@[^@\s]+( |$))*$' and array_position(cc, null) is null",
        "version": "version > 0",
    },
    "payment": {
        "currency": f"currency in ({CURRENCIES})",
        "payment_form": f"uuid is not null or assumed or payment_form in ({FORMS})",
        "version": "version > 0",
    },
    "price_list_item": {
        "product_code": "product_code ~ '^[0-9]{8}$'",
        "tax_object": f"tax_object in ({OBJECTS})",
        "taxes": "jsonb_typeof(taxes) = 'array'",
        "unit_code": "unit_code ~ '^[A-Z0-9]{1,3}$'",
        "version": "version > 0",
    },
    "price_list": {
        "currency": f"currency in ({CURRENCIES})",
        "version": "version > 0",
    },
    "prospect_state": {
        "version": "version > 0",
    },
    "receivable_terms": {
        "cash_limit": "terms = 'CREDIT' or coalesce(credit_limit, 0) = 0",
        "credit": "terms = 'CASH' or credit_days > 0",
        "version": "version > 0",
    },
    "reminder_rule": {
        "position": "position >= 0",
    },
    "sales_document_line": {
        "amount": (
            "amount > greatest(quantity - power(10::numeric, -scale(trim_scale(quantity))) / 2, 0) * "
            "greatest(unit_price - power(10::numeric, -scale(trim_scale(unit_price))) / 2, 0) - "
            "power(10::numeric, -scale(trim_scale(amount))) and amount < (quantity + power(10::numeric, "
            "-scale(trim_scale(quantity))) / 2) * (unit_price + power(10::numeric, "
            "-scale(trim_scale(unit_price))) / 2) + power(10::numeric, -scale(trim_scale(amount)))"
        ),
        "origin": "origin_line_id <> id",
        "position": "position >= 0",
        "tax": "tax >= 0",
    },
    "sales_document_tax": {
        "base": "line_id is null or base is not null",
        "exempt": "factor <> 'EXEMPT' or amount = 0",
        "position": "position >= 0",
    },
    "sales_document": {
        "cfdi_use": f"uuid is not null or cfdi_use in ({USES})",
        "currency": f"currency in ({CURRENCIES})",
        "fiscal": "type in ('INVOICE', 'CREDIT_NOTE') or num_nonnulls(uuid, external_folio, xml_document_id) = 0",
        "origin": "origin_id <> id",
        "payment_form": f"uuid is not null or payment_form in ({FORMS})",
        "payment_method": "uuid is not null or payment_method in ('PPD', 'PUE')",
        "tax": "tax >= 0",
        "version": "version > 0",
    },
    "tombstone": {
        "type": "type in ('client', 'document')",
    },
}

# What the application changes of these is nothing but the columns that are named; of the others, all but those.
CHANGED = {
    "application": ("client_id", "undone_at", "version", "updated_at"),
    "cfdi_relation": ("client_id", "related_id"),
    "default_reminder": (),
    "holiday": (),
    "payment": ("client_id", "sales_document_id", "reversed_at", "uuid", "reference", "version", "updated_at"),
    "reminder_rule": ("client_id",),
    "sales_document_line": ("client_id", "converted"),
    "sales_document_tax": ("client_id",),
}
FIXED = {
    "address": (),
    "avatar": ("collaborator_id",),
    "bank_account": (),
    "cancellation": ("sales_document_id",),
    "cfdi_profile": (),
    "client": ("created_by_id", "balance", "credit_balance"),
    "collaborator": (),
    "company_bank_account": (),
    "company_sequence": ("name",),
    "contact": (),
    "deal": ("created_by_id",),
    "document": ("content_type", "size", "sha256", "object_key", "uploaded_by_id"),
    "folio_series": ("type", "series"),
    "follow_up": ("number", "created_by_id"),
    "funnel_stage": (),
    "loss_reason": (),
    "payment_reminders": (),
    "price_list": (),
    "price_list_item": ("price_list_id",),
    "prospect_state": (),
    "receivable_terms": (),
    "sales_document": ("type", "series", "number", "issued_by_id", "paid", "credited", "refunded"),
}
DERIVING = ("ficha_post()", "ficha_move_balance()")
ALWAYS_FIXED = ("company_id", "id", "created_at")
KEPT = (
    "address",
    "bank_account",
    "cfdi_profile",
    "client",
    "collaborator",
    "company_sequence",
    "contact",
    "deal",
    "follow_up",
    "payment",
    "payment_reminders",
    "price_list",
    "price_list_item",
    "receivable_terms",
    "sales_document",
    "sales_document_tax",
)
"""What the application could delete, and does not."""


RFC_OF_LISTED = f"rfc ~ {RFC}"


def create_tables() -> None:
    """The SAT's list of art. 69-B, which is of no company: the application reads it."""
    op.create_table(
        "taxpayer_listing",
        sa.Column("rfc", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("gazetted_on", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('PRESUMED', 'DISPROVED', 'FINAL', 'FAVOURABLE')", name=op.f("ck_taxpayer_listing_status")
        ),
        sa.CheckConstraint(RFC_OF_LISTED, name=op.f("ck_taxpayer_listing_rfc")),
        sa.CheckConstraint("char_length(name) between 1 and 500", name=op.f("ck_taxpayer_listing_name_length")),
        sa.CheckConstraint("char_length(notice) between 1 and 500", name=op.f("ck_taxpayer_listing_notice_length")),
        sa.PrimaryKeyConstraint("rfc", "status", "published_on", name=op.f("pk_taxpayer_listing")),
    )
    op.create_table(
        "taxpayer_list",
        sa.Column("id", sa.Integer(), server_default=sa.text("1"), autoincrement=False, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_taxpayer_list_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxpayer_list")),
    )
    for table in ("taxpayer_listing", "taxpayer_list"):
        op.execute(f"grant select on {table} to ficha_app")


def upgrade() -> None:
    create_tables()
    filled = op.get_bind().scalar(sa.text("select exists (select from company)"))
    for table, checks in CHECKS.items():
        for name, condition in checks.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition, postgresql_not_valid=bool(filled))
    run(GUARDS)
    for table in (*CHANGED, *FIXED):
        op.execute(f"revoke update on {table} from ficha_app")
        if columns := changeable(table):
            op.execute(f"grant update ({', '.join(columns)}) on {table} to ficha_app")
    for table in KEPT:
        op.execute(f"revoke delete on {table} from ficha_app")
    # They run as the tables' owner: on a table of one's own they would write what follows from entries that are none.
    for function in DERIVING:
        op.execute(f"revoke execute on function {function} from public")


def run(statements: str) -> None:
    """Several statements, as they are written."""
    op.get_bind().connection.cursor().execute(statements)


def changeable(table: str) -> list[str]:
    """The columns that the application may change, as the table has them now."""
    if table in CHANGED:
        return list(CHANGED[table])
    fixed = (*ALWAYS_FIXED, *FIXED[table])
    columns = op.get_bind().execute(
        sa.text(
            "select column_name from information_schema.columns"
            " where table_schema = 'public' and table_name = :table and is_generated = 'NEVER' order by 1"
        ),
        {"table": table},
    )
    return [column for (column,) in columns if column not in fixed]


def downgrade() -> None:
    for function in DERIVING:
        op.execute(f"grant execute on function {function} to public")
    for table in (*CHANGED, *FIXED):
        if columns := changeable(table):
            op.execute(f"revoke update ({', '.join(columns)}) on {table} from ficha_app")
        if table != "ledger_entry":
            op.execute(f"grant update on {table} to ficha_app")
    for table in KEPT:
        op.execute(f"grant delete on {table} to ficha_app")
    there = "select tgname, tgrelid::regclass::text from pg_trigger where tgname like 'tg\\_%' and not tgisinternal"
    for name, table in op.get_bind().execute(sa.text(there)).all():
        op.execute(f"drop trigger {name} on {table}")
    for signature in reversed(re.findall(r"create or replace function (\w+\(.*?\)) returns", GUARDS)):
        op.execute(f"drop function {signature}")
    for table, checks in CHECKS.items():
        for name in checks:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.drop_table("taxpayer_list")
    op.drop_table("taxpayer_listing")
