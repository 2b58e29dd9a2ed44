"""The company's logo (logotipo), which its statements of account bear: an image drawn anew."""

from collections.abc import Sequence
from typing import Final

from domain.audit import audit
from domain.company import settings_of
from domain.inputs import Added, Expecting, Maybe
from domain.picture import digest
from domain.work import UnitOfWork
from models import Company, CompanyLogo
from models.audit import AuditEventKind
from storage.reading import Reader

READER: Final = Reader("storage.picture:read_logo", 1 << 20)


class SetCompanyLogo(Expecting):
    """The image; `pictures` is what was drawn of it."""

    image: Maybe[str]
    pictures: Added[Sequence[bytes]]


async def set_company_logo(work: UnitOfWork, input: SetCompanyLogo) -> Company:
    """Gives the company this picture as its logo; none takes it away. Needs `company:write`."""
    company = await settings_of(work)
    work.expect(company, input)
    path = None
    for picture in input.pictures:
        name = digest(picture)
        await work.session.merge(CompanyLogo(company_id=work.company_id, digest=name, picture=picture))
        path = f"/logos/{work.company_id.hex}/{name}.png"
    if path == company.logo_path:
        return company
    if path is None and (logo := await work.session.get(CompanyLogo, work.company_id)):
        await work.session.delete(logo)
    change = {"field": "logo", "from": company.logo_path, "to": path}
    company.logo_path = path
    work.touch(company)
    audit(work, AuditEventKind.COMPANY_CHANGED, changes=[change])
    work.flush()
    return company
