"""What the till says of itself as a device, by the name its modules ask for."""

from typing import Final

from flask_babel import lazy_gettext as _

DEVICE_WORDS: Final = {
    "shell.update": _("A new version is ready. It takes over by itself as soon as nothing is open here."),
    "shell.update.waits": _(
        "A new version is ready. It takes over when everything is sent: %(count)s sales wait. Selling goes on."
    ),
    "health.open": _("This device"),
    "health.word": _("This device"),
    "health.what": _("How this till stands. Scanning goes on as usual."),
    "health.row.version": _("Version"),
    "health.row.shell": _("Without the network"),
    "health.row.storage": _("Store"),
    "health.row.device": _("Enrolled"),
    "health.row.roster": _("Roster"),
    "health.row.queue": _("Queue"),
    "health.row.clock": _("Clock"),
    "health.version.newest": _("newest"),
    "health.version.ready": _("a new one is ready"),
    "health.shell.good": _("opens and loads again"),
    "health.shell.kept": _("opened without the network; page of %(time)s"),
    "health.shell.not_yet": _("not kept yet; stay online for a minute"),
    "health.shell.insecure": _("does not open: the address needs https"),
    "health.shell.unsupported": _("does not open: the browser is too old"),
    "health.shell.failed": _("does not open: the browser refuses to keep the page"),
    "health.storage.good": _("stays for good"),
    "health.storage.may_go": _("the browser may clear it; install the till as an app"),
    "health.storage.unknown": _("this browser does not say whether it stays"),
    "health.storage.more": _("%(used)s of %(all)s MB used"),
    "health.device.good": _("as till %(till)s-%(device)s"),
    "health.device.none": _("no; cannot sell without the network. The canteen manager can enrol it under Tills."),
    "health.device.elsewhere": _("as till %(till)s-%(device)s, which is not the one on this page"),
    "health.device.till_revoked": _("taken out of use by the canteen manager; no subsidised sales"),
    "health.device.not_signed_in": _(
        "its token is no longer good; the canteen manager makes a new code for it under Tills"
    ),
    "health.roster.good": _("of %(time)s, %(people)s cards"),
    "health.roster.none": _("none yet"),
    "health.queue.none": _("empty"),
    "health.queue.empty": _("empty; last number %(seq)s"),
    "health.queue.waits": _("%(count)s sales wait, %(sum)s yuan, since %(time)s"),
    "health.clock.good": _("right to %(seconds)s s"),
    "health.clock.fast": _("%(span)s fast; set it right in the device's settings"),
    "health.clock.slow": _("%(span)s slow; set it right in the device's settings"),
    "health.clock.suspect": _("has jumped; sales are marked until the server answers"),
    "health.clock.unknown": _("not compared with the server yet"),
    "health.do.settle": _("Keep the store for good"),
    "health.do.force": _("Take the new version now"),
    "health.do.export": _("Save the queue as a file"),
}
