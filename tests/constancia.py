"""Constancias de situación fiscal made for tests: SAT's labels, invented values, its QR code if it is to have one."""

import io
from collections.abc import Sequence
from typing import Any

import zxingcpp
from PIL import Image
from pypdf import PdfReader, PdfWriter

from demo.files import pdf

QR = "https://siat.sat.gob.mx/app/qr/faces/pages/mobile/validadorqr.jsf?D1=10&D2=1&D3=14348545454_%s"

COMPANY = [
    "CÉDULA DE IDENTIFICACIÓN FISCAL",
    "idCIF: 14348545454",
    "CONSTANCIA DE SITUACIÓN FISCAL",
    "Lugar y Fecha de Emisión",
    "PACHUCA , HIDALGO A 05 DE ENERO DE 2026",
    "Datos de Identificación del Contribuyente:",
    "RFC: EKU9003173C9",
    "Denominación/Razón Social: ESCUELA KEMPER",
    "URGATE",
    "Régimen Capital: SOCIEDAD ANONIMA DE CAPITAL VARIABLE",
    "Nombre Comercial: KEMPER",
    "Datos del domicilio registrado",
    "Código Postal:42501 Tipo de Vialidad: CALLE",
    "Nombre de Vialidad: JUAREZ Número Exterior: 12",
    "Número Interior: Nombre de la Colonia: CENTRO",
    "Nombre de la Localidad: Nombre del Municipio o Demarcación Territorial: ACTOPAN",
    "Nombre de la Entidad Federativa: HIDALGO Entre Calle: HIDALGO",
    "Y Calle: MORELOS",
    "Regímenes:",
    "Régimen Fecha Inicio Fecha Fin",
    "Régimen General de Ley Personas Morales 17/03/1990",
    "Obligaciones:",
    "Pago provisional mensual de ISR 17/03/1990",
]

PERSON = [
    "RFC: CACX7605101P8",
    "Nombre (s): XOCHILT",
    "Primer Apellido: CASAS",
    "Segundo Apellido: CHAVEZ",
    "idCIF: 14348545454",
    "Datos del domicilio registrado",
    "Código Postal: 36257",
    "Regímenes:",
    "Régimen Fecha Inicio Fecha Fin",
    "Régimen de Sueldos y Salarios e Ingresos Asimilados a Salarios 01/02/2010",
    "Régimen de Incorporación Fiscal 01/01/2014 31/12/2021",
    "Régimen Simplificado de Confianza 01/01/2022",
    "Sus datos personales son incorporados",
]


def constancia(lines: Sequence[str], code: str | None = None) -> bytes:
    """A page with the lines, and one with the QR code."""
    pages = [pdf(lines)] + ([scan(code)] if code else [])
    writer = PdfWriter()
    for page in pages:
        writer.append(PdfReader(io.BytesIO(page)))
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def scan(code: str) -> bytes:
    """A page that is nothing but a picture, as a scanner makes it, of the QR code."""
    barcode: Any = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode)
    pixels = memoryview(zxingcpp.write_barcode_to_image(barcode, scale=4))
    height, width = pixels.shape
    page = Image.new("L", (width + 80, height + 80), 255)
    page.paste(Image.frombytes("L", (width, height), pixels.tobytes()), (40, 40))
    made = io.BytesIO()
    page.save(made, "PDF")
    return made.getvalue()
