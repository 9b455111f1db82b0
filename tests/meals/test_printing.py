"""Receipts: off until switched on, Chinese on a real socket, reprints that say so."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from meals.printing import escpos
from meals.printing.layout import RULE, Line, Look, set_line, width_of
from meals.printing.sending import PrinterAway, is_allowed, send
from tests.conftest import FrozenClock
from tests.meals.lunch import Lunch


class Printer:
    """A receipt printer on a free port: it keeps what it is sent."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(10)
        self.port: int = self.server.getsockname()[1]
        self.papers: Queue[bytes] = Queue()
        self.thread = Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self) -> None:
        while True:
            try:
                connection, _address = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                self.papers.put(stream.read())

    def take(self) -> bytes:
        """Wait for the next paper."""
        return self.papers.get(timeout=5)

    def close(self) -> None:
        if self.server.fileno() < 0:
            return
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join(5)


@pytest.fixture
def printer(app: Flask) -> Iterator[Printer]:
    """Return a printer in a network that is allowed."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, printer_networks="10.0.0.0/8, 127.0.0.0/8")
    made = Printer()
    yield made
    made.close()
    app.config["SETTINGS"] = before


def switch(lunch: Lunch, **form: Any) -> Any:
    return lunch.client.post(f"/till/printing/tills/{lunch.till.id}", data=form, headers=lunch.manager)


def print_page(lunch: Lunch, checkout_id: str, **form: Any) -> Any:
    return lunch.client.post(f"/till/printing/receipts/{checkout_id}", data=form, headers=lunch.cashier)


def print_on_network(lunch: Lunch, checkout_id: str) -> Any:
    return lunch.client.post(f"/api/v1/meals/checkouts/{checkout_id}/receipts", headers=lunch.cashier)


@pytest.mark.parametrize(
    ("line", "set_as"),
    [
        (Line("米饭", "1.00"), ["米饭        1.00"]),
        (Line("A 套餐 x2", "32.00"), ["A 套餐 x2  32.00"]),
        (Line("红烧肉、青菜、汤", "16.00"), ["红烧肉、青", "菜、汤     16.00"]),
        (Line("没有金额的一行字很长"), ["没有金额的一行字", "很长"]),
        (Line("补打", look=Look.MARK), ["      补打"]),
        (RULE, ["-" * 16]),
        (Line(), [""]),
    ],
)
def test_lines_fit_their_columns(line: Line, set_as: list[str]) -> None:
    assert list(set_line(line, 16)) == set_as
    assert all(width_of(text) <= 16 for text in set_as)


def test_the_printer_gets_chinese_in_gb18030_and_no_commands_in_names() -> None:
    data = escpos.encode([Line("王\x1b@英䶮", "2.00")], 32)
    assert data.startswith(b"\x1b@\x1c&")
    assert "王@英䶮".encode("gb18030") in data
    assert data.count(b"\x1b@") == 1
    assert data.endswith(b"\x1dVB\x00")


def test_nothing_prints_until_it_is_switched_on(lunch: Lunch) -> None:
    assert "data-receipt" not in lunch.client.get("/till", headers=lunch.cashier).text
    sold = lunch.sell(lunch.guest()).json
    answer = print_on_network(lunch, sold["id"])
    assert (answer.status_code, answer.json["code"]) == (409, "printer_away")
    assert switch(lunch, way="page", paper_mm="58").status_code == 303
    assert "data-receipt" in lunch.client.get("/till", headers=lunch.cashier).text
    assert switch(lunch, way="off").status_code == 303
    assert "data-receipt" not in lunch.client.get("/till", headers=lunch.cashier).text


def test_a_page_says_what_was_paid_and_from_the_second_on_that_it_is_a_reprint(
    lunch: Lunch, clock: FrozenClock
) -> None:
    switch(lunch, way="page", paper_mm="58")
    sold = lunch.sell(lunch.guest(points_fen=300)).json
    first = print_page(lunch, sold["id"]).text
    assert 'data-paper="58"' in first
    for words in ("文晖一食堂", sold["number"], "王*英", "A 套餐", "16.00", "-8.00", "-3.00", "5.00 元"):
        assert words in first
    for word in ("补打", "80 岁", "低保"):
        assert word not in first
    clock.advance(minutes=5)
    again = print_page(lunch, sold["id"]).text
    assert "补打" in again
    assert "2026-11-20 11:53" in again


def test_an_undone_sale_says_so_on_its_receipt(lunch: Lunch) -> None:
    sold = lunch.sell(lunch.guest()).json
    lunch.undo(sold["id"])
    assert "已撤销" in print_page(lunch, sold["id"]).text


def test_a_network_printer_prints_and_reprints(lunch: Lunch, printer: Printer) -> None:
    assert switch(lunch, way="network", host="127.0.0.1", port=str(printer.port), paper_mm="80").status_code == 303
    sold = lunch.sell(lunch.guest()).json
    assert print_on_network(lunch, sold["id"]).json == {"is_reprint": False}
    assert print_on_network(lunch, sold["id"]).json == {"is_reprint": True}
    first, second = (printer.take().decode("gb18030", "replace") for _ in range(2))
    assert "文晖一食堂" in first
    assert "补打" not in first
    assert "补打" in second


def test_what_a_printer_did_not_take_is_not_a_first_print(lunch: Lunch, printer: Printer) -> None:
    switch(lunch, way="network", host="127.0.0.1", port=str(printer.port), paper_mm="80")
    sold = lunch.sell(lunch.guest()).json
    printer.close()
    answer = print_on_network(lunch, sold["id"])
    assert (answer.status_code, answer.json["code"]) == (409, "printer_away")
    offered = print_page(lunch, sold["id"])
    assert offered.status_code == 409
    assert "在这台电脑上打印" in offered.text
    assert "补打" not in print_page(lunch, sold["id"], way="page").text


def test_a_silent_printer_is_given_up(app: Flask, printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meals.printing.sending.SEND_SECONDS", 0.2)
    with app.app_context(), socket.create_server(("127.0.0.1", 0), backlog=1) as deaf, pytest.raises(PrinterAway):
        send(b"x" * 50_000_000, host="127.0.0.1", port=deaf.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("192.168.1.60", True),
        ("10.1.2.3", True),
        ("127.0.0.1", False),
        ("8.8.8.8", False),
        ("printer.lan", False),
        ("", False),
    ],
)
def test_printers_stand_in_the_building(app: Flask, host: str, allowed: bool) -> None:
    with app.app_context():
        assert is_allowed(host) is allowed


def test_an_address_elsewhere_is_refused_in_the_form(lunch: Lunch) -> None:
    answer = switch(lunch, way="network", host="169.254.169.254", paper_mm="80")
    assert answer.status_code == 422
    assert "192.168.1.60" in answer.text


def test_the_test_page_goes_where_the_till_prints(lunch: Lunch, printer: Printer) -> None:
    switch(lunch, way="network", host="127.0.0.1", port=str(printer.port), paper_mm="58")
    address = f"/till/printing/tills/{lunch.till.id}/trial"
    assert lunch.client.post(address, headers=lunch.manager).status_code == 303
    assert "测试页".encode("gb18030") in printer.take()
    printer.close()
    assert lunch.client.post(address, headers=lunch.manager).status_code == 409
    assert lunch.client.post(address, headers=lunch.cashier).status_code == 403


def test_a_shift_is_printed_on_a_slip(lunch: Lunch) -> None:
    opened = lunch.client.post(
        f"/api/v1/meals/tills/{lunch.till.id}/shifts", json={"float_fen": 5000}, headers=lunch.cashier
    ).json
    page = lunch.client.get(f"/till/printing/shifts/{opened['id']}", headers=lunch.cashier).text
    assert "X 1-0001" in page
    assert "50.00" in page
