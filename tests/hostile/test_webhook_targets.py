"""quality.md, line 23: webhooks go to public servers alone, whatever a partner, the DNS or a receiver says."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator

import pytest

from app.domain.webhook_target import Target, TargetRefused, may_reach, target_of
from app.services.webhook_post import Postman
from tests.support.receivers import Received, answering, receiver, well

PRIVATE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.8", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
    *("192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "192.88.99.1"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8", "fe80::1", "fe80::1%eth0"),
    *("fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1"),
)
PUBLIC = ("8.8.8.8", "1.1.1.1", "114.114.114.114", "223.5.5.5", "2400:3200::1", "2606:4700:4700::1111")
REFUSED = (
    "", "x", "//a.example.com", "ftp://a.example.com", "file:///etc/passwd", "gopher://a.example.com/", "javascript:1",
    "https://", "https:///x", "https://localhost/x", "https://a.localhost", "https://printer", "https://db.internal/x",
    "https://metadata.google.internal/", "https://nas.local", "https://10.in-addr.arpa",
    "https://127.0.0.1", "https://8.8.8.8/x", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/",
    "https://127.1/", "https://[::1]/", "https://[2400:3200::1]/", "https://[::ffff:127.0.0.1]/",
    "https://user@a.example.com/", "https://u:p@a.example.com/", "https://@a.example.com/",
    "https://a.example.com@127.0.0.1/", "https://a.example.com/#x", "https://a.example.com\\@127.0.0.1/",
    "https://a.example.com:22/", "https://a.example.com:6379/", "https://a.example.com:0/",
    "https://a.example.com:99999/", "https://a.example.com:x/", "https://a.example.com:80/",
    "https://a.exam ple.com/", "https://a.example.com/\r\nHost: b", "https://a.example.com/\t", "https://例子.公司/",
    "https://-a.example.com/", "https://a..example.com/", "https://a.example.com./", "https://" + "a" * 600,
    "https://xn--.example.1/", "https://%31%32%37.0.0.1/", "https://a.example.com%2f@x/",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_or_special_address_is_posted_to(address: str) -> None:
    assert not may_reach(address, local=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is(address: str) -> None:
    assert may_reach(address, local=False)
    assert not may_reach(address, local=True), "and this machine is no other"


@pytest.mark.parametrize("url", REFUSED)
@pytest.mark.parametrize("livemode", [True, False])
def test_a_url_that_is_not_plainly_public_is_refused(url: str, livemode: bool) -> None:
    with pytest.raises(TargetRefused):
        target_of(url, livemode=livemode, loopback=False)


def test_live_is_https_only_and_the_sandbox_may_do_without() -> None:
    with pytest.raises(TargetRefused, match="https"):
        target_of("http://hooks.example.com/x", livemode=True, loopback=True)
    assert target_of("http://hooks.example.com/x", livemode=False, loopback=False).port == 80
    target = target_of("https://hooks.example.com/x?y=1", livemode=True, loopback=False)
    assert target == Target("https", "hooks.example.com", 443, "/x?y=1")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/", "http://localhost:9000/x", "http://[::1]:9000/"])
def test_this_machine_is_reached_by_a_sandbox_that_the_deployment_lets_and_by_no_other(url: str) -> None:
    assert target_of(url, livemode=False, loopback=True).local
    for livemode, loopback in ((False, False), (True, True), (True, False)):
        with pytest.raises(TargetRefused):
            target_of(url, livemode=livemode, loopback=loopback)
    with pytest.raises(TargetRefused, match="port"):
        target_of("http://127.0.0.1:22/", livemode=False, loopback=True)


HOOKS = Target("http", "hooks.example.com", 80, "/x")


class Network:
    """Names that resolve as a test says, one answer after another, and connections that all end at `port` here."""

    def __init__(self, port: int, *answers: list[str]) -> None:
        self.port, self.answers = port, list(answers)
        self.connected: list[tuple[str, int]] = []

    def resolve(self, _host: str, _port: int) -> list[str]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def connect(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.connected.append(address)
        return socket.create_connection(("127.0.0.1", self.port), timeout)


Build = Callable[..., tuple[Network, Postman, list[Received]]]


@pytest.fixture
def network() -> Iterator[Build]:
    with receiver(well) as made:

        def build(*answers: list[str]) -> tuple[Network, Postman, list[Received]]:
            net = Network(int(made.url.split(":")[2].split("/")[0]), *answers)
            return net, Postman(net.resolve, net.connect), made.received

        yield build


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::a00:1"])
def test_a_public_name_with_a_private_address_is_refused_after_dns(network: Build, address: str) -> None:
    net, postman, received = network([address])
    assert postman.post(HOOKS, {}, b"{}").error == "address-refused"
    assert net.connected == received == []


def test_one_private_address_among_public_ones_refuses_them_all(network: Build) -> None:
    net, postman, _ = network(["8.8.8.8", "10.0.0.1"])
    assert postman.post(HOOKS, {}, b"{}").error == "address-refused"
    assert net.connected == []


def test_dns_rebinding_changes_nothing_as_the_name_is_asked_once(network: Build) -> None:
    """The second answer of the DNS is this machine; the connection goes to the address that was looked at."""
    net, postman, received = network(["8.8.8.8"], ["127.0.0.1"])
    assert postman.post(HOOKS, {}, b"{}").error is None
    assert net.connected == [("8.8.8.8", 80)]
    assert net.answers == [["127.0.0.1"]], "never asked again"
    assert received[0].headers["host"] == "hooks.example.com"
    assert postman.post(HOOKS, {}, b"{}").error == "address-refused", "and the next attempt looks again"


def test_a_name_that_does_not_resolve_is_an_attempt_that_failed() -> None:
    assert Postman().post(Target("http", "no-such-name.invalid", 80, "/"), {}, b"{}").error == "dns"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304])
def test_a_redirect_is_a_failure_and_is_not_followed(status: int) -> None:
    with receiver(well) as inner, receiver(answering(status, Location=inner.url)) as outer:
        port = int(outer.url.split(":")[2].split("/")[0])
        outcome = Postman().post(Target("http", "127.0.0.1", port, "/"), {}, b"{}")
        assert (outcome.error, outcome.status_code) == ("redirect", status)
        assert inner.received == []


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(well) as proxy, receiver(well) as made:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        port = int(made.url.split(":")[2].split("/")[0])
        assert Postman().post(Target("http", "127.0.0.1", port, "/"), {}, b"{}").error is None
        assert proxy.received == []


def test_tls_is_for_the_name_and_a_certificate_that_is_not_its_own_fails(network: Build) -> None:
    """The address that was looked at is connected to; name and certificate stay those of the URL."""
    asked: list[str] = []

    class Watched(ssl.SSLContext):
        def wrap_socket(self, *args: object, **kwargs: object) -> ssl.SSLSocket:
            asked.append(str(kwargs["server_hostname"]))
            raise ssl.SSLCertVerificationError

    net, _, _ = network(["8.8.8.8"])
    postman = Postman(net.resolve, net.connect, tls=Watched(ssl.PROTOCOL_TLS_CLIENT))
    assert postman.post(Target("https", "hooks.example.com", 443, "/"), {}, b"{}").error == "tls"
    assert asked == ["hooks.example.com"]
    usual = Postman().tls
    assert usual.check_hostname
    assert usual.verify_mode is ssl.CERT_REQUIRED
