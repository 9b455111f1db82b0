"""Which channels this installation has, made from its settings."""

from app.config import Settings
from app.messages.channels.demo import DemoPage
from app.messages.channels.interface import Channel
from app.messages.channels.mail import MailServer
from app.messages.channels.sms import SmsGateway
from app.messages.models import DEMO, EMAIL, SMS


def make_channels(settings: Settings, *, has_demo: bool) -> dict[str, Channel]:
    """Make the channels by name."""
    found: dict[str, Channel] = {}
    if settings.sms_url:
        found[SMS] = SmsGateway(url=settings.sms_url, token=settings.sms_token, seconds=settings.sms_seconds)
    if settings.smtp_host:
        found[EMAIL] = MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=settings.smtp_password,
            sender=settings.smtp_from,
            seconds=settings.smtp_seconds,
        )
    if has_demo:
        found[DEMO] = DemoPage()
    return found
