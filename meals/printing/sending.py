"""Sending bytes to a printer in the canteen's network, within seconds or not at all."""

import socket
from ipaddress import ip_address, ip_network

import structlog
from flask_babel import lazy_gettext as _l

from app.config import settings
from app.errors import Conflict

# A cashier waits for it: a printer that is on answers at once.
CONNECT_SECONDS, SEND_SECONDS = 2.0, 3.0

log = structlog.get_logger(__name__)


class PrinterAway(Conflict):
    """The printer did not take the paper's text."""

    code = "printer_away"
    title = _l("The printer does not answer")
    detail = _l("Look whether it is on, has paper and stands in the network. The sale itself is not touched.")


def is_allowed(host: str) -> bool:
    """Say whether a printer may stand at an address: only in the networks that were set for it."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    networks = [part.strip() for part in settings().printer_networks.split(",") if part.strip()]
    return any(address in ip_network(network) for network in networks)


def try_send(data: bytes, *, host: str, port: int) -> bool:
    """Send bytes to a printer, and say whether it took them."""
    try:
        send(data, host=host, port=port)
    except PrinterAway:
        return False
    return True


def send(data: bytes, *, host: str, port: int) -> None:
    """Send bytes to a printer.

    :raises PrinterAway: if it does not take them in time, or may not stand there
    """
    if not is_allowed(host):
        raise PrinterAway
    try:
        with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as connection:
            connection.settimeout(SEND_SECONDS)
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
    except OSError as error:
        log.warning("printer.away", host=host, port=port, why=str(error))
        raise PrinterAway from error
