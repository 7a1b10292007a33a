"""stub"""

from rglm.display.document import Document
from rglm.display.settings import Settings


def render(document: Document, settings: Settings) -> str:
    raise NotImplementedError
