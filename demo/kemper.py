"""ESCUELA KEMPER URGATE, the demo's client that is complete in every section of its record."""

from demo.book import Book
from demo.edits import tell_edits
from demo.files import cfdi_xml, pdf, png
from demo.story import Story
from models.address import AddressKind
from models.bank_account import BankAccountRole
from models.deal import Priority
from models.document import DocumentKind
from models.follow_up import FollowUpState, FollowUpType

RFC = "EKU9003173C9"
NAME = "ESCUELA KEMPER URGATE"

WHOLE_SALE = "quote sent accepted note+sent invoice+stamped+sent viewed pay40 paid"
"""From the first quote to the last peso: 15 events, some of them at one instant."""

OCTOBER_ORDERS = (
    ("2026-10-01 09:05", (24, "chair")),
    ("2026-10-02 11:40", (12, "desk")),
    ("2026-10-05 10:15", (3, "laptop")),
    ("2026-10-08 12:20", (20, "paper")),
    ("2026-10-12 09:50", (2, "projector")),
)
"""A busy month, for paging: five whole sales make 75 events."""

SALES = (
    ("2025-11-11 10:00", WHOLE_SALE, (30, "chair"), (10, "desk")),
    ("2025-12-02 12:30", "quote sent rejected", (1, "projector")),
    ("2026-01-14 09:30", "invoice+stamped+sent viewed 12d paid", (12, "support")),
    ("2026-02-11 16:10", "quote sent", (6, "projector"), (1, "installation")),
    ("2026-03-05 10:45", "invoice+stamped+sent 2d cancelled", (5, "laptop")),
    ("2026-03-09 11:00", "invoice+stamped+sent viewed 9d bounced 5d paid", (4, "laptop")),
    ("2026-04-16 13:20", "note+sent 8d paid", (40, "paper")),
    (
        "2026-05-06 09:15",
        "quote sent accepted invoice+stamped+sent viewed 10d pay50 5d paid",
        (8, "desk"),
        (8, "chair"),
    ),
    ("2026-06-03 17:05", "quote sent cancelled", (2, "access_point")),
    ("2026-08-20 10:30", "quote sent accepted note+sent invoice+stamped+sent viewed", (6, "access_point")),
    ("2026-09-09 12:00", "note+sent", (15, "paper")),
    ("2026-10-19 15:30", "invoice+stamped+sent viewed 6d pay40", (7, "laptop")),
    ("2026-10-27 09:40", "quote sent accepted", (18, "access_point"), (3, "installation")),
    ("2026-11-04 10:20", "note+sent 3d pay50", (10, "chair")),
    ("2026-11-06 11:10", "note cancelled", (2, "desk")),
    ("2026-11-11 12:45", "invoice+stamped+sent+cancelling", (12, "support")),
    ("2026-11-13 16:30", "invoice+stamped", (2, "installation")),
    ("2026-11-18 10:00", "invoice", (1, "projector")),
    ("2026-11-19 13:15", "quote", (30, "desk")),
    ("2026-11-20 09:30", "note", (5, "paper")),
)
"""One of each state at least, and no event in July 2026, when the school is on holiday."""

PENDING, STARTED, DONE, CANCELLED = FollowUpState
LOW, MEDIUM, HIGH, URGENT = Priority

FOLLOW_UPS = (
    ("2025-09-08 12:00", "2025-09-09 10:00", 30, FollowUpType.CALL, "Primera llamada con la dirección", DONE, HIGH),
    ("2025-09-10 09:00", "2025-09-17 11:00", 90, FollowUpType.VISIT, "Visita al plantel Actopan", DONE, MEDIUM),
    ("2025-10-02 09:00", "2025-10-03 10:00", 15, FollowUpType.EMAIL, "Enviar ficha técnica de los equipos", DONE, LOW),
    (
        "2026-02-16 10:00",
        "2026-02-20 12:00",
        60,
        FollowUpType.MEETING,
        "Revisión de la propuesta de proyectores",
        CANCELLED,
        MEDIUM,
    ),
    ("2026-06-15 10:00", "2026-06-26 09:00", 60, FollowUpType.MEETING, "Cierre de ciclo escolar", DONE, MEDIUM),
    ("2026-08-11 10:00", "2026-08-13 16:00", 20, FollowUpType.WHATSAPP, "Confirmar lista de útiles", DONE, LOW),
    (
        "2026-10-06 10:00",
        "2026-10-14 09:00",
        120,
        FollowUpType.VISIT,
        "Levantamiento de la red inalámbrica",
        DONE,
        URGENT,
    ),
    (
        "2026-10-20 10:00",
        "2026-10-30 10:00",
        30,
        FollowUpType.CALL,
        "Cobrar la factura vencida de agosto",
        PENDING,
        URGENT,
    ),
    ("2026-10-26 10:00", "2026-11-03 12:00", 45, FollowUpType.MEETING, "Negociar alcance de la red", STARTED, HIGH),
    ("2026-10-28 10:00", "2026-11-12 10:00", 0, FollowUpType.EMAIL, "Mandar contrato para firma", PENDING, MEDIUM),
    (
        "2026-10-28 10:05",
        "2026-12-01 10:00",
        60,
        FollowUpType.MEETING,
        "Presentar licencias a coordinación",
        PENDING,
        MEDIUM,
    ),
    (
        "2026-10-29 10:00",
        "2026-12-08 09:30",
        90,
        FollowUpType.VISIT,
        "Entrega de mobiliario, plantel Pachuca",
        PENDING,
        HIGH,
    ),
    ("2026-10-29 10:05", "2027-01-11 09:00", 30, FollowUpType.OTHER, "Felicitar por el aniversario 🎉", PENDING, LOW),
    (
        "2026-10-29 10:10",
        "2026-11-24 11:00",
        60 * 24 * 20,
        FollowUpType.OTHER,
        "Piloto de préstamo de equipos",
        STARTED,
        MEDIUM,
    ),
)


def tell(book: Book) -> Story:
    """The whole story, from prospect in September 2025 to November 2026."""
    story = Story(
        book,
        "2025-09-08 11:20",
        NAME,
        RFC,
        owner="ventas",
        prospect=True,
        trade_name="Colegio Kemper",
        price_list_id=book.price_lists["Escolar"].id,
        external_id="ERP-000417",
        internal_note=(
            "Compran dos veces al año: enero y agosto.\nPagan puntual, pero piden la factura antes del día 25.\n"
            "Preguntar siempre por la maestra Úrsula 🙂"
        ),
    )
    _people_and_places(story)
    _billing(story)
    _deals_and_sales(story)
    _files(story, book)
    tell_edits(story)
    return story


def _people_and_places(story: Story) -> None:
    at = "2025-09-08 11:30"
    mail = "{}@kemper.example.com".format
    story.contact(
        at, "Úrsula Kemper Ibáñez", "Directora general", mail("direccion"), "+527717130101",
        is_primary=True, receives_reminders=False,
    )  # fmt: skip
    story.contact(
        at, "Óscar Treviño Peña", "Cuentas por pagar", mail("pagos"), "+527717130102",
        phone_extension="104", is_primary=False, receives_reminders=True,
    )  # fmt: skip
    story.contact(
        "2025-10-15 10:00", "Mª José Núñez", "Administración", mail("administracion"), "+527717130103",
        is_primary=False, receives_reminders=True,
    )  # fmt: skip
    story.contact(
        "2026-08-12 10:00", "Iñaki O'Connor", "Sistemas", None, "+525550102030",
        is_primary=False, receives_reminders=False,
    )  # fmt: skip
    story.address(at, AddressKind.FISCAL, "Av. Hidalgo", "120", "42501", neighborhood="Centro")
    story.address(
        "2025-10-15 10:05", AddressKind.BRANCH, "Blvd. Felipe Ángeles", "2001", "42083",
        label="Plantel Pachuca", neighborhood="Venta Prieta", reference="Frente a la central de autobuses",
    )  # fmt: skip
    story.address(
        "2026-02-03 12:00", AddressKind.BRANCH, "Calle 5 de Mayo", "S/N", "76000",
        label="Plantel Querétaro", neighborhood="Centro", interior_number="2",
    )  # fmt: skip


def _billing(story: Story) -> None:
    story.receivables("2025-10-14 13:00", 30, "500000.00")
    story.reminders(
        "2025-10-14 13:05",
        ("BEFORE", 5, 9, None, None),
        ("ON", 0, 9, None, None),
        ("AFTER", 3, 10, 7, 4),
        cc=("cobranza@demo.mx", "ventas@demo.mx"),
    )
    receptor = {"rfc": RFC, "tax_regime": "601", "cfdi_use": "G03"}
    moved = "2026-01-08 10:00"
    story.cfdi_profile(
        "2025-10-14 13:10", moved, **receptor,
        name=f"{NAME} SA DE CV", postal_code="42083", payment_form="03", payment_method="PUE",
    )  # fmt: skip
    story.cfdi_profile(moved, **receptor, name=NAME, postal_code="42501", payment_form="99", payment_method="PPD")
    story.bank_account(
        "2025-10-14 13:15", BankAccountRole.DEPOSIT, "012", "012180001234567899", "Cuenta concentradora de cobranza"
    )
    story.bank_account(
        "2025-11-20 10:00", BankAccountRole.PAYER, "044", "2512345678", "Desde la que transfiere la escuela"
    )


def _deals_and_sales(story: Story) -> None:
    lab = story.deal("2025-09-10 10:15", "Laboratorio de cómputo, plantel Actopan", "480000", priority=HIGH)
    story.sell("2025-09-15 12:00", "quote sent 10d rejected", (35, "laptop"), deal=lab)
    story.sell(
        "2025-09-30 09:45", "quote sent accepted 7d invoice+stamped+sent viewed 14d paid", (28, "laptop"), deal=lab
    )
    story.come_into("2025-09-30 09:50", "En negociación")
    story.become_client("2025-10-06 09:00")
    story.win(lab, "2025-10-06 09:00", "454355.20")

    classrooms = story.deal(
        "2025-11-05 10:00", "Mobiliario para 12 aulas", "310000", description="Aulas 1 a 12, ciclo 2026"
    )
    story.lose(classrooms, "2026-02-12 17:30", "Presupuesto")
    story.reopen(classrooms, "2026-09-14 10:00")
    maintenance = story.deal("2026-01-20 11:00", "Póliza de mantenimiento anual", "96000", priority=LOW)
    story.close(maintenance, "2026-03-30 18:00")
    hall = story.deal("2026-02-10 09:30", "Proyectores para el auditorio", "128500")
    story.lose(hall, "2026-03-18 12:00", "Competencia")
    library = story.deal("2026-03-24 10:00", "Equipamiento de la biblioteca", "74000")
    story.close(library, "2026-04-10 10:00")
    story.reopen(library, "2026-04-20 10:00")
    story.win(library, "2026-05-15 16:45", "71250")
    school_year = story.deal("2026-08-10 09:00", "Regreso a clases 2026", "220000", priority=HIGH)
    story.win(school_year, "2026-09-04 13:30", "207912.35")
    network = story.deal(
        "2026-10-05 09:00", "Red inalámbrica para tres planteles", "185000", priority=URGENT,
    )  # fmt: skip
    story.advance(network, "2026-10-09 17:40", story.book.stages[1])
    story.advance(network, "2026-10-27 10:15", story.book.stages[2])
    story.deal("2026-11-09 12:00", "Licencias de software educativo", "12500", currency="USD", priority=LOW)

    for start, line in OCTOBER_ORDERS:
        story.sell(start, WHOLE_SALE, line)
    for start, path, *lines in SALES:
        story.sell(start, path, *lines, deal=network if (18, "access_point") in lines else None)
    for planned, starts, minutes, type_, name, state, priority in FOLLOW_UPS:
        deal = network if "red" in name.split() or "contrato" in name else None
        story.follow_up(planned, starts, name, minutes=minutes, type_=type_, state=state, priority=priority, deal=deal)


def _files(story: Story, book: Book) -> None:
    story.file(
        "2025-10-14 13:30",
        DocumentKind.TAX_STATUS_CERTIFICATE,
        "Constancia de situación fiscal.pdf",
        pdf(
            ["CONSTANCIA DE SITUACIÓN FISCAL (muestra)", f"RFC: {RFC}", f"Denominación: {NAME}", "Código postal: 42501"]
        ),
        "application/pdf",
        tags=["fiscal", "sat"],
    )
    story.file(
        "2025-10-20 10:00",
        DocumentKind.CONTRACT,
        "Contrato 2025–2027 «Kemper & Demo» (firmado).pdf",
        pdf(["CONTRATO MARCO DE SUMINISTRO", "Entre Comercializadora Demo y Escuela Kemper Urgate."]),
        "application/pdf",
        description="Vigente hasta fin de 2027; renovar con tres meses de anticipación.",
        tags=["legal"],
        expires_on=book.day(book.at("2027-12-31 12:00")),
    )
    story.file(
        "2026-09-07 10:20",
        DocumentKind.CFDI_XML,
        "factura-septiembre.xml",
        cfdi_xml((book.company.rfc, "COMERCIALIZADORA DEMO"), (RFC, NAME), "42501", "20034.36"),
        "application/xml",
    )
    story.file(
        "2026-09-21 09:00", DocumentKind.PAYMENT_RECEIPT, "SPEI 21-sep.png", png(320, 180, (196, 224, 208)), "image/png"
    )
    story.file(
        "2026-09-28 12:00",
        DocumentKind.TECHNICAL,
        "Medición de señal, plantel Ñ.txt",
        b"Aula\tdBm\n1\t-48\n2\t-61\n3\t-72\n",
        "text/plain; charset=utf-8",
        tags=["red"],
    )
