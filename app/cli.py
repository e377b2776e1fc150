"""The commands of an installation: `flask --app wsgi NAME`."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy import select

from app.accounts.service import add_platform_admin
from app.commands.checks import check_rollup, export_chain, verify_chain
from app.config import Settings
from app.core import jobs
from app.core.db import db, reading, writing
from app.demo.samples import make_samples
from app.demo.seed import is_seeded, seed
from app.demo.sign_ins import Credentials, kept
from app.demo.tour import play, print_again, printed_for
from app.demo.visitor import TourFailed
from app.enterprises.models import Enterprise
from app.migrations import migrate
from app.tags.models import Tag
from app.tags.states import STANDING

LOOPBACK = "127.0.0.1"


def install(app: Flask) -> None:
    """Give the application its commands."""
    for command in (
        init,
        demo_seed,
        tour,
        samples,
        demo,
        serve,
        add_admin,
        verify_chain,
        export_chain,
        check_rollup,
        tick,
        new_migration,
    ):
        app.cli.add_command(command)


@click.command("init")
def init() -> None:
    """建立或升级数据库（以数据库所有者身份）。"""
    migrate.upgrade(_settings())
    click.echo("数据库已是最新版本。")


@click.command("seed")
def demo_seed() -> None:
    """写入演示内容：两个县、三家企业、十二周的排查与治理。"""
    if is_seeded():
        click.echo("已有企业数据，未写入演示内容。")
        return
    seed(_settings(), say=click.echo)


@click.command("add-admin")
@click.option("--login", required=True, help="登录名")
@click.option("--name", required=True, help="姓名")
@click.password_option(help="密码，至少 10 位")
def add_admin(login: str, name: str, password: str) -> None:
    """建立平台管理员账号（企业代码填 PLATFORM）。"""
    if len(password) < 10:
        raise click.ClickException("密码至少 10 位。")
    with writing():
        add_platform_admin(login=login, name=name, password=password)
    click.echo(f"已建立平台管理员 {login}，登录时企业代码填 PLATFORM。")


@click.command("tour")
@click.option("--url", default="", help="正在运行的服务地址；不填时临时启动一个")
def tour(url: str) -> None:
    """通过 HTTP 走完一遍主要流程，每步一行，并留下标签、告知卡、四色图和清单。"""
    folder = _folder()
    with _given(url) if url else _running_or_serving(printed_for(folder)) as address:
        try:
            play(address, _credentials(), folder, say=click.echo)
        except TourFailed as failure:
            raise click.ClickException(f"演示在这一步停下：{failure}") from None


@click.command("samples")
@click.option("--url", default="", help="正在运行的服务地址；不填时临时启动一个")
@click.option("--to", default="", help="放样张的文件夹；不填为 instance/samples")
def samples(url: str, to: str) -> None:
    """每一种打印件各做一份样张：标签、告知卡、四色图、公告栏、台账……"""
    folder = Path(to) if to else _settings().instance / "samples"
    with _given(url) if url else _running_or_serving("") as address:
        try:
            make_samples(address, _credentials(), folder, say=click.echo)
        except TourFailed as failure:
            raise click.ClickException(f"样张没有做成：{failure}") from None


@click.command("demo")
@click.option("--host", default=LOOPBACK, show_default=True, help="监听的地址；手机要扫码时填本机的局域网地址")
@click.option("--port", default=8000, show_default=True, help="首选端口；被占用时用下一个空闲的")
def demo(host: str, port: int) -> None:
    """准备演示数据，走一遍主要流程，然后提供服务。"""
    settings = _settings()
    migrate.upgrade(settings)
    if not is_seeded():
        seed(settings, say=click.echo)
    free = _free_port(host, port)
    if free != port:
        click.echo(f"端口 {port} 已被占用，改用 {free}。")
    with _serving(host, free) as address:
        if not printed_for(_folder()):
            play(address, _credentials(), _folder(), say=click.echo)
        elif printed_for(_folder()) != address:
            print_again(address, _credentials(), _folder(), say=click.echo)
        _welcome(address)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            click.echo("已停止；数据都在，再次 make demo 即可继续。")


@click.command("serve")
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """以 granian 提供服务。"""
    sys.exit(subprocess.call(_server(host, port)))  # noqa: S603 - the product's own server, no shell


@click.command("tick")
def tick() -> None:
    """做一遍随时间发生的事：逾期的隐患抬高当前等级，不再逾期的放下；生成近期的排查任务，提醒超期和漏检。服务运行时每分钟自动做一次。"""
    jobs.tick(current_app)
    click.echo("已核对。")


@click.command("new-migration")
@click.argument("message")
def new_migration(message: str) -> None:
    """按模型的变化生成一个新的数据库迁移，供人工审阅；不读写本机的数据库。"""
    click.echo(f"已写入 {migrate.write_new(message)}，请审阅；新的企业表还要 wall.raise_around。")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _credentials() -> Credentials:
    credentials = kept(_settings())
    if credentials is None:
        raise click.ClickException("还没有演示账号，请先运行 make demo 或 flask seed。")
    return credentials


def _free_port(host: str, first: int) -> int:
    for port in range(first, first + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise click.ClickException(f"{first} 到 {first + 99} 的端口都被占用，请用 --port 另选。")


def _folder() -> Path:
    return _settings().instance / "tour"


def _running_or_serving(address: str) -> AbstractContextManager[str]:
    """The demo where it was last reached, when it runs there; else one served for now, there if it can be."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    if address and _ready(address):
        return _given(address)
    return _serving(host or LOOPBACK, _free_port(host or LOOPBACK, int(port or 8000)))


@contextmanager
def _given(url: str) -> Iterator[str]:
    yield url.rstrip("/")


@contextmanager
def _serving(host: str, port: int) -> Iterator[str]:
    """The application served on a port of this machine, until the block ends."""
    address = f"http://{host}:{port}"
    db.session.remove()
    environment = {"DUAL_PUBLIC_HOST": address, **os.environ}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server below is stopped too
    server = subprocess.Popen(_server(host, port), env=environment)  # noqa: S603 - the product's own server
    try:
        _wait_until_ready(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _server(host: str, port: int) -> list[str]:
    granian = Path(sys.executable).with_name("granian")
    return [
        str(granian), "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1",
        "--blocking-threads", "32", "--no-ws", "--log-level", "error", "wsgi:app",
    ]  # fmt: skip


def _wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        if server.poll() is not None:
            raise click.ClickException("服务没有启动，请看上面的出错信息。")
        if _ready(address):
            return
        time.sleep(0.2)
    raise click.ClickException("服务 30 秒内没有就绪。")


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2):  # noqa: S310 - the product's own address
            return True
    except OSError:
        return False


def _welcome(address: str) -> None:
    credentials = _credentials()
    accounts = credentials.one_per_role()
    posted = select(Tag.token).join(Enterprise, Enterprise.id == Tag.enterprise_id).where(STANDING)
    with reading() as session:  # a code of the enterprise whose people are named below: they may check there
        token = session.scalar(posted.where(Enterprise.code == accounts[0].code).order_by(Tag.issued_at))
    click.echo("")
    click.echo(f"首页       {address}/")
    click.echo(f"扫码所见   {address}/q/{token}")
    click.echo(f"接口参考   {address}/api/docs")
    click.echo(f"打印样例   {_folder().absolute()}")
    click.echo("登录（企业代码 / 登录名 / 密码）：")
    for account in accounts:
        click.echo(f"  {account.code} / {account.login} / {credentials.password}  {account.role.label}，{account.home}")
    click.echo("按 Ctrl+C 停止。")
