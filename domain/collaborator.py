"""The company's people: who they are to the issuer of their tokens."""

from domain.audit import audit
from domain.inputs import ById
from domain.problem import ProblemCode, reject
from domain.work import UnitOfWork
from models import Collaborator
from models.audit import AuditEventKind
from models.viewer import Permission


async def unbind_collaborator(work: UnitOfWork, input: ById) -> Collaborator:
    """The collaborator, who is bound anew to whoever signs in by their e-mail address next. Needs `admin`."""
    work.viewer.demand(Permission.ADMIN)
    found = await work.get(Collaborator, input.id, lock=True)
    if found is None:
        raise reject(ProblemCode.NOT_FOUND).at("id")
    if found.subject is not None:
        audit(
            work,
            AuditEventKind.COLLABORATOR_UNBOUND,
            email=found.email,
            issuer=found.issuer,
            subject=found.subject,
        )
        found.issuer = found.subject = None
        work.touch(found)
    return found
