"""E-mail by SMTP: one connection a message, with a Message-ID that is the same for each try."""

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from app.messages.channels.deadline import deadline
from app.messages.channels.interface import GiveUp, Message, Retry


class MailServer:
    """Hands messages to a mail server."""

    at_once = 4

    def __init__(self, *, host: str, port: int, security: str, user: str, password: str, sender: str, seconds: float):
        self._host, self._port, self._security = host, port, security
        self._user, self._password = user, password
        self._sender, self._seconds = sender, seconds

    def send(self, message: Message) -> None:
        """Hand a message to the mail server.

        :raises Retry: if the server is down, slow or busy, or does not let us in
        :raises GiveUp: if the server refuses the mailbox or the message for good
        """
        try:
            self._deliver(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            _refuse(code, words)
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            _refuse(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise Retry(str(error)[:200] or type(error).__name__) from error

    def _deliver(self, message: Message) -> None:
        server = self._server()
        try:
            with deadline(self._seconds, lambda: server.sock):
                server.connect(self._host, self._port)
                if self._security == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if self._user:
                    server.login(self._user, self._password)
                server.send_message(self._letter(message), self._sender, [message.address])
            # It is taken: what goes wrong with the good-bye is no reason to send it again.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
        finally:
            server.close()

    def _server(self) -> smtplib.SMTP:
        if self._security == "tls":
            found: smtplib.SMTP = smtplib.SMTP_SSL(timeout=self._seconds, context=ssl.create_default_context())
        else:
            found = smtplib.SMTP(timeout=self._seconds)
        # With nothing to connect to at its making, it was not told whose certificate to expect.
        found._host = self._host  # type: ignore[attr-defined]
        return found

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self._sender, message.address, message.title
        letter["Date"] = formatdate(localtime=False)
        letter["Message-ID"] = f"<{message.key}@{self._sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text)
        return letter


def _refuse(code: int, words: bytes | str) -> None:
    """Tell a no for good (5xx) from one for now (4xx), by RFC 5321 section 4.2.1."""
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    if 500 <= code < 600:
        raise GiveUp(f"{code} {said}"[:200])
    raise Retry(f"{code} {said}"[:200], is_down=False)
