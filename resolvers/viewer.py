"""Who asks."""

from loaders.collaborator import CollaboratorEntity
from loaders.company import CompanyEntity
from loaders.reads import Constant, Place, Rowless
from loaders.relation import Key
from models.viewer import Viewer
from resolvers.reading import record, resolver

viewer = resolver(Rowless())


@record
def collaborator(viewer: Viewer) -> Place:
    """The viewer's own record."""
    return Key(CollaboratorEntity), str(viewer.collaborator_id)


@record
def company(viewer: Viewer) -> Place:
    """The viewer's company."""
    return Key(CompanyEntity), str(viewer.company_id)


permissions = resolver(Constant(lambda viewer: sorted(permission.value for permission in viewer.permissions)))
role = resolver(Constant(lambda viewer: viewer.role))
locale = resolver(Constant(lambda viewer: viewer.locale))
