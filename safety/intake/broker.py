"""The broker of the demonstration: amqtt with our gateways' passwords, in a process of its own.

Production takes Mosquitto (docs/operations.md). This one keeps everything in memory: while it is down, gateways wait.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import amqtt.broker
from amqtt.broker import Broker
from amqtt.contexts import Action, BrokerConfig
from amqtt.mqtt.constants import QOS_1
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.mqtt.puback import PubackPacket
from amqtt.mqtt.publish import PublishPacket
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import IncomingApplicationMessage, OutgoingApplicationMessage, Session

from safety.intake.topics import OWN, ZIGBEE

MOST_CONNECTIONS = 500
SHUTDOWN_SECONDS = 3
Opens = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class House:
    """Whom the broker lets in: our own listener, and gateways by their password."""

    listener: str
    secret: str
    opens: Opens


_house: list[House] = []


class Door(BaseAuthPlugin):
    """Lets in our listener and the gateways that hold their password, and nobody without a name."""

    async def authenticate(self, *, session: Session) -> bool:
        """Say whether somebody may connect."""
        house, user, password = _house[-1], session.username or "", session.password or ""
        if user == house.listener:
            return password == house.secret
        return bool(user) and await asyncio.to_thread(house.opens, user, password)


class Topics(BaseTopicPlugin):
    """Lets a gateway write under its own name and read nothing; the listener reads all."""

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """Say whether somebody may write to or read a topic."""
        user = (session.username if session else "") or ""
        if user == _house[-1].listener:
            return True
        return action == Action.PUBLISH and (topic or "").startswith((f"{OWN}/{user}/", f"{ZIGBEE}/"))


class PatientHandler(BrokerProtocolHandler):
    """Acknowledges what it will deliver, and keeps what it sent until that is acknowledged.

    amqtt 0.12 forgets what a gateway sent when the gateway leaves at once, and what the listener did not acknowledge
    within five seconds or before it was killed; but the listener acknowledges what is in the database, and that may
    be away for longer.
    """

    async def handle_publish(self, publish_packet: PublishPacket) -> None:
        """Pass a message on, and acknowledge it then."""
        header, topic, data = publish_packet.variable_header, publish_packet.topic_name, publish_packet.data
        if publish_packet.qos != QOS_1 or header is None or not topic or data is None or self.session is None:
            await super().handle_publish(publish_packet)
            return
        message = IncomingApplicationMessage(header.packet_id, topic, QOS_1, data, publish_packet.retain_flag)
        message.publish_packet = publish_packet
        came: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        came.set_result(message)
        if await _broker[-1]._handle_message_delivery(self.session, self, came):
            await self._send_packet(PubackPacket.build(header.packet_id))

    async def _handle_qos1_message_flow(self, app_message: Any) -> None:
        try:
            await super()._handle_qos1_message_flow(app_message)
        except (TimeoutError, asyncio.CancelledError):
            if isinstance(app_message, OutgoingApplicationMessage) and self.session is not None:
                self.session.inflight_out[app_message.packet_id or 0] = app_message
            raise

    async def handle_puback(self, puback: PubackPacket) -> None:
        """Let go of a message, one that was acknowledged late as well."""
        number = puback.variable_header.packet_id
        if number in self._puback_waiters:
            await super().handle_puback(puback)
        elif self.session is not None:
            self.session.inflight_out.pop(number, None)


_broker: list[Broker] = []
# amqtt makes handlers by this name, and offers no other place to say which.
amqtt.broker.BrokerProtocolHandler = PatientHandler


def serve(*, port: int, house: House) -> None:
    """Carry messages on this machine until told to stop."""
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    logging.getLogger("transitions").setLevel(logging.CRITICAL)
    _house.append(house)
    asyncio.run(_serve(port))


async def _serve(port: int) -> None:
    config = BrokerConfig.from_dict(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}", "max_connections": MOST_CONNECTIONS}},
            "plugins": {f"{__name__}.Door": {}, f"{__name__}.Topics": {}},
        }
    )
    broker, stopped = Broker(config), asyncio.Event()
    _broker.append(broker)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await broker.start()
    await stopped.wait()
    # Clients that leave in the same moment may keep it waiting; nothing it holds outlives it anyway.
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(broker.shutdown(), SHUTDOWN_SECONDS)
