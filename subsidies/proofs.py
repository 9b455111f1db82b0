"""What must be true of the books of a database that was restored."""

from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from app.config import settings
from subsidies.ledger.verify import verify
from subsidies.seals.verify import verify_seals


def prove_books(session: Session, *, tell: Callable[[str], None]) -> Iterator[str]:
    """Yield every fault of the books and of their seals; what was published after the copy was made is none."""
    for fault in verify(session, tell=tell):
        yield str(fault)
    for fault in verify_seals(session, folder=settings().seal_folder, tell=tell, is_of_today=False):
        yield str(fault)
