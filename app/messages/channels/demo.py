"""The demonstration's channel: a page shows what would have left."""

from sqlalchemy.dialects.postgresql import insert

from app import clock
from app.db import transaction
from app.messages.channels.interface import Message
from app.messages.models import DemoMessage


class DemoPage:
    """Writes messages down for ``/messages/demo``; the same key once."""

    at_once = 1

    def send(self, message: Message) -> None:
        """Show a message on the page."""
        row = {"key": message.key, "address": message.address, "text": message.text, "sent_at": clock.now()}
        with transaction() as session:
            session.execute(insert(DemoMessage).values(row).on_conflict_do_nothing(index_elements=["key"]))
