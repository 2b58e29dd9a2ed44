"""The two demo companies: their people, their funnel, their clients and prospects."""

from uuid import UUID

from demo import kemper, ledger
from demo.book import Book
from demo.card import FOREIGN, PUBLIC, Card, tell
from demo.edits import tell_money
from domain.company import LOSS_REASONS, STAGES
from models.cfdi_profile import TaxpayerStatus
from models.collaborator import Role
from models.history import HistoryEventKind as Kind

DEMO = UUID("019900a1-7c00-7d3e-8000-00000000de30")
AJENA = UUID("019900a1-7c00-7d3e-8000-00000000a9e0")

CLIENTS = (
    Card("IIA040805DZ4", "INDISTRIA ILUMINADORA DE ALMACENES", "Iluminadora", "ventas", "2025-09-17", "601", "62661"),
    Card("KIJ0906199R1", "KERNEL INDUSTIA JUGUETERA", "Juguetes Kernel", "ventas", "2025-10-02", "601", "28971",
         lacks="bank"),
    Card("XIA190128J61", "XENON INDUSTRIAL ARTICLES", "Xenon", "mostrador", "2025-10-21", "601", "76343",
         prospect_until="2025-11-18"),
    Card("URE180429TM6", "UNIVERSIDAD ROBOTICA ESPAÑOLA", "URE", "ventas", "2025-11-06", "601", "86991",
         "Piden IVA desglosado."),
    Card("H&E951128469", "HERRERIA & ELECTRICOS", "H&E", "mostrador", "2025-11-24", "601", "06002",
         "Entregar por la calle de atrás."),
    Card("OÑO120726RX3", "ORGANICOS ÑAVEZ OSORIO", "Ñavez Orgánicos", "ventas", "2025-12-03", "601", "40501",
         lacks="addresses"),
    Card("ZUÑ920208KL4", "ZAPATERIA URTADO ÑERI", "Zapatería Ñeri", None, "2026-01-12", "601", "34541",
         lacks="sales deals"),
    Card("IVD920810GU2", "INNOVACION VALOR Y DESARROLLO", None, "gerencia", "2026-01-19", "601", "63901"),
    Card("JES900109Q90", "JIMENEZ ESTRADA SALAS", "Despacho JES", "mostrador", "2026-02-05", "601", "37161",
         lacks="contacts"),
    Card("CACX7605101P8", "XOCHILT CASAS CHAVEZ", "Consultorio Xóchilt", "ventas", "2026-02-16", "612", "36257",
         lacks="reminders"),
    Card("FUNK671228PH6", "KARLA FUENTE NOLASCO", None, "mostrador", "2026-02-25", "626", "01160",
         prospect_until="2026-03-20"),
    Card("KICR630120NX3", "RODRIGO KITIA CASTRO", "Rancho Kitia", "ventas", "2026-03-11", "612", "36246",
         lacks="files"),
    Card("XOJI740919U48", "INGRID XODAR JIMENEZ", "Estudio Xodar", None, "2026-03-23", "612", "76028",
         lacks="follow_ups"),
    Card("RAQÑ7701212M3", "ÑEVES RAMIREZ QUEZADA", "Nieves Ñeves", "mostrador", "2026-04-08", "612", "88965",
         "🍨 Sólo por la tarde"),
    Card("FEJ850612QX5", "FERRETERIA EL JACAL", "El Jacal", "ventas", "2026-04-14", "601", "44160",
         lacks="bank files reminders"),
    Card("PDC970203LT2", "PANIFICADORA DOÑA CHELO", "Pan Doña Chelo", "mostrador", "2026-04-27", "626", "58000"),
    Card("TOH9911058RA", "TRANSPORTES O'FARRILL HERMANOS", "O'Farrill", "ventas", "2026-05-11", "624", "64000",
         "Factura antes del 25", taxpayer_status=TaxpayerStatus.SUSPENDED),
    Card("CAM120430K26", 'CAFE DE ALTURA "MONTE AZUL"', "Monte Azul", "gerencia", "2026-05-21", "601", "06600",
         lacks="receivables"),
    Card("GAÑL880315NQ7", "LUCIA GARCIA ÑUÑEZ", "Lucía G. Ñ. 💡", "mostrador", "2026-06-04", "626", "97000",
         lacks="deals"),
    Card("MVA140225RN9", "MUEBLES VALLE ALTO S.A. DE C.V.", "Valle Alto", "ventas", "2026-06-17", "601", "66220"),
    Card("HBJ920727HD4", "HOTEL BAJA JARDIN", "Baja Jardín", None, "2026-08-04", None, "22000",
         lacks="contacts bank sales"),
    Card(PUBLIC, "PUBLICO EN GENERAL", "Mostrador centro", "mostrador", "2025-09-01",
         lacks="contacts addresses reminders bank"),
    Card(PUBLIC, "PUBLICO EN GENERAL", "Mostrador norte", "mostrador", "2026-08-03",
         lacks="contacts addresses reminders bank"),
    Card(FOREIGN, "LONE STAR CLASSROOM SUPPLY LLC", "Lone Star", "ventas", "2026-08-18", lacks="addresses bank"),
    Card("DIN050917MM7", "DISTRIBUIDORA INDUSTRIAL NAVA", "Nava", "ventas", "2025-09-29", "601", "78000",
         deleted="2026-09-30 18:00"),
    Card("CSN180522PJ8", "CLINICA SAN NICANDRO", "San Nicandro", "mostrador", "2026-05-04", "601", "72000",
         deleted="2026-10-16 12:00"),
)  # fmt: skip

PROSPECTS = (
    Card("AGM010111G42", "AGENCIA GRAFICA DE MONTERREY", "AGM", "ventas", "2026-09-03", "601", "64000",
         came_into=("2026-11-05 17:20", "En negociación")),
    Card(None, "Papelería Arcoíris 🌈", None, "ventas", "2026-09-22", lacks="addresses cfdi",
         came_into=("2026-10-02 09:45", "Contactado")),
    Card(None, "Colegio Bilingüe Nuevo Amanecer", None, "mostrador", "2026-10-07", lacks="addresses cfdi",
         came_into=("2026-11-03 13:10", "Interesado")),
    Card(None, "Muñoz & Asociados, S.C.", "Despacho Muñoz", "gerencia", "2026-10-28", lacks="cfdi sales deals"),
    Card(
        None,
        "Hotel «Posada del Ángel»",
        None,
        None,
        "2026-11-10",
        lacks="contacts addresses cfdi sales deals follow_ups",
    ),
    Card(None, "Gimnasio Titán", None, "ventas", "2026-09-08", lacks="addresses cfdi",
         came_into=("2026-10-23 10:20", "No interesado"), deleted="2026-10-23 10:30"),
)  # fmt: skip


def demo() -> Book:
    """The company that one signs in to: its complete client, its ordinary ones, its prospects."""
    book = Book(
        DEMO,
        "2025-09-01 08:00",
        name="Comercializadora Demo",
        rfc="DEM0101018K7",
        tax_regime="601",
        postal_code="06000",
        time_zone="America/Mexico_City",
        currency="MXN",
    )
    book.staff(
        ("admin@demo.mx", "Regina Alcocer Peña", Role.ADMIN, "regina.svg"),
        ("gerencia@demo.mx", "Tomás Ibargüengoitia", Role.SALES_MANAGER, "tomas.svg"),
        ("ventas@demo.mx", "Valeria Núñez Ortega", Role.SALES, "valeria.svg"),
        ("mostrador@demo.mx", "Iván Zepeda Ruiz", Role.SALES, None),
        ("cobranza@demo.mx", "Noemí Castañeda Lugo", Role.BILLING, "noemi.svg"),
        ("consulta@demo.mx", "Joaquín Ávila Ponce", Role.READ_ONLY, None),
    )
    book.invite("2026-11-20 09:00", "nueva@demo.mx", "Ximena Solórzano Gil", Role.SALES, "admin")
    book.equip(STAGES, LOSS_REASONS)
    book.price_lists_of(
        ("General", "Precios de lista", "MXN"),
        ("Escolar", "Escuelas y universidades: 8 % menos", "MXN"),
        ("Exportación", "Precios en dólares, sin IVA", "USD"),
    )
    book.bank_account("012", "012180001234567899", "Cuenta concentradora de cobranza")
    book.bank_account("072", "072180002345678904", "Cobranza de mostrador")
    book.holiday("2026-12-24", "Nochebuena")
    story = kemper.tell(book)
    book.link_statement("2026-11-20 09:30", story.client, "cobranza")
    money = ledger.Ledger(story)
    money.receive("2026-11-17 10:40", "25000.00", reference="SPEI 1117093")
    tell_money(money)
    stories = {card.rfc: tell(book, card) for card in CLIENTS}
    ledger.tell_all(stories["IVD920810GU2"])
    first = stories["IIA040805DZ4"]
    late = first.sell("2026-11-20 09:05", "invoice+sent", (4, "chair"))
    stamped = first.sell("2026-11-19 12:05", "invoice+sent", (2, "paper"))
    first.override(stamped, "POSTAL_CODE_REQUIRED", "Trae su constancia mañana")
    first.stamp(stamped, "2026-11-19 12:50")
    first.stamp(late, "2026-11-20 09:20")  # its PAC took a while
    bakery = stories["PDC970203LT2"]
    bakery.external(
        "2026-11-18 11:20",
        Kind.EXTERNAL_CALL,
        direction="INBOUND",
        source="Conmutador",
        external_id="20261118-0042",
        title="Pregunta por la entrega de las mesas",
        body="Duración: 3 min 12 s. Atendió la extensión 12.",
    )
    bakery.external(
        "2026-11-18 16:45",
        Kind.EXTERNAL_MESSAGE,
        direction="OUTBOUND",
        source="WhatsApp",
        external_id="wamid.HBgNNTI",
        title="Sus mesas salen mañana a las 9:00",
        url="https://web.whatsapp.com/",
    )
    for card in PROSPECTS:
        tell(book, card, prospect=True)
    book.close()
    return book


AJENAS = (
    Card("EKU9003173C9", "ESCUELA KEMPER URGATE", "La misma escuela, otro proveedor", "admin", "2025-10-01", "601",
         "42501"),
    Card("TNO110304DX5", "TORNILLOS DEL NOROESTE", "Tornos", "admin", "2025-11-12", "601", "22000",
         prospect_until="2025-12-01"),
    Card("MBC070815SP0", "MARISCOS BAHIA CACHANILLA", None, "admin", "2026-02-03", "626", "21000",
         lacks="bank reminders", note="Reciben mercancía por la mañana."),
    Card(PUBLIC, "PUBLICO EN GENERAL", None, "admin", "2025-09-02", lacks="contacts addresses reminders bank"),
)  # fmt: skip


def ajena() -> Book:
    """The other company, whose records nobody of the first may see; it shares an RFC with it."""
    book = Book(
        AJENA,
        "2025-09-01 08:00",
        name="Ajena del Noroeste",
        rfc="AJE150610QZ6",
        tax_regime="601",
        postal_code="22000",
        time_zone="America/Tijuana",
        currency="MXN",
    )
    book.staff(("admin@ajena.mx", "Úrsula Beltrán Cota", Role.ADMIN, None))
    book.invite("2026-11-20 09:00", "nuevo@ajena.mx", "Héctor Olachea Ruiz", Role.BILLING, "admin")
    book.equip(("Contacto", "Propuesta", "Cierre"), ("Precio", "Otro"))
    book.price_lists_of(("General", "Precios de lista", "MXN"))
    book.bank_account("044", "044020001234567891", "Depósitos de Tijuana")
    book.holiday("2026-07-11", "Aniversario de Tijuana")
    first, second, *_ = [tell(book, card) for card in AJENAS]
    book.link_statement("2026-11-20 09:30", first.client, "admin")
    ledger.replace_one(second)
    book.close()
    return book
