"""What the product refuses to start with: a database that may lose what it acknowledged, a role that owns it, a hash
this machine cannot compute."""

from sqlalchemy import Engine, text

from app.core.canonical import ALGORITHMS, available

KEEPS = ("fsync", "full_page_writes", "synchronous_commit")


class UnsafeStart(Exception):
    """The installation would not keep its promises; the text says what to change."""


def check_database(engine: Engine) -> None:
    """Raise UnsafeStart for a PostgreSQL that may lose acknowledged rows, or a serving role that owns tables."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        for setting in KEEPS:
            if connection.execute(text("SELECT current_setting(:name)"), {"name": setting}).scalar() == "off":
                raise UnsafeStart(f"PostgreSQL 的 {setting} 为 off，断电会丢失已回执的数据，请改为 on 后再启动。")
        owns = connection.execute(text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")).scalar()
    if owns:
        raise UnsafeStart(
            "提供服务的数据库角色不能是表的所有者：请用 DUAL_OWNER_DATABASE_URL 指定所有者做迁移，"
            "用 DUAL_DATABASE_URL 指定另一个角色提供服务。"
        )


def check_algorithm(name: str) -> None:
    """Raise UnsafeStart for a hash of the ledger that the product does not know or this machine does not have."""
    if name not in ALGORITHMS:
        raise UnsafeStart(f"DUAL_CHAIN_ALGORITHM 只能是 {' 或 '.join(ALGORITHMS)}，现为“{name}”，请改正后再启动。")
    if not available(name):
        raise UnsafeStart(
            f"本机的 OpenSSL 没有 {name} 算法，不能用于台账的哈希链：请换用带 {name} 的 OpenSSL，"
            "或把 DUAL_CHAIN_ALGORITHM 改为 sha256 后再启动。"
        )
