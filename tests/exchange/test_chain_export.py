"""The exported ledger is checked by whoever has Python, and every tamper of it is found; but two, without an anchor."""

import csv
import importlib.util
import io
import json
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.core.canonical import available, canonical, hashed
from app.core.db import reading
from app.core.events import Ledger
from app.core.ids import new_id
from app.exchange.chain import packing
from tests.sizes import TAMPERS
from tests.tampering import told
from tests.world import World

pytestmark = pytest.mark.deep

FILES = {"events.jsonl", "head.json", "photos.csv", "verify.py", "README.txt"}
Events = list[dict[str, Any]]  # as parsed lines: {"hash", "event"}
Tamper = Callable[[Events, random.Random], None]


def verifier() -> ModuleType:
    """The verifier of the export, as a module."""
    path = Path(packing.__file__).with_name("verify.py")
    spec = importlib.util.spec_from_file_location("verify", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFY = verifier()


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    """The export of a plant with a history, fetched over HTTP and unpacked."""
    told(world)
    answer = world.plant.manager.get("/chain-export")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert set(archive.namelist()) == FILES
        archive.extractall(tmp_path / "export")
    return tmp_path / "export"


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The verifier as somebody else runs it: with nothing but the standard library."""
    command = [sys.executable, "-I", "-S", "-X", "utf8", "verify.py", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


def head_of(folder: Path) -> tuple[int, str]:
    head = json.loads((folder / "head.json").read_text(encoding="utf-8"))
    return head["seq"], head["hash"]


def read(folder: Path) -> Events:
    return [json.loads(line) for line in (folder / "events.jsonl").read_bytes().splitlines()]


def write(folder: Path, lines: Events) -> None:
    """Write events as an export has them."""
    content = [b'{"hash":"%s","event":%s}\n' % (one["hash"].encode(), canonical(one["event"])) for one in lines]
    (folder / "events.jsonl").write_bytes(b"".join(content))


def rewrite(folder: Path, lines: Events) -> None:
    """What a clever forger does: number, chain and hash everything anew, and make the head good."""
    previous = "0" * 64
    for seq, line in enumerate(lines, 1):
        line["event"] |= {"previous": previous, "seq": seq}
        previous = line["hash"] = hashed(canonical(line["event"]), line["event"]["algorithm"])
    write(folder, lines)
    head = json.loads((folder / "head.json").read_text(encoding="utf-8"))
    (folder / "head.json").write_bytes(canonical({**head, "seq": len(lines), "hash": previous}))


def test_the_export_says_it_is_whole_and_what_it_cannot_say(folder: Path, world: World) -> None:
    answer = run(folder)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    seq, said = head_of(folder)
    assert answer.stdout.startswith(f"完整：{world.plant.enterprise.name}，共 {seq} 个事件，链首 {seq}:{said}")
    assert "没有与系统外留存的链首比对" in answer.stdout
    with reading() as session:
        ledger = session.get_one(Ledger, world.plant.enterprise.id)
        assert (ledger.seq, ledger.hash) == (seq, said)
    assert run(folder, "--head", f"{seq}:{said[:32]} {said[32:]}".upper()).returncode == 0
    assert run(folder, "--head", "nonsense").returncode == 2


def test_the_export_holds_no_personal_value(folder: Path, world: World) -> None:
    content = (folder / "events.jsonl").read_text(encoding="utf-8")
    for person in world.everyone().values():
        if person.user.enterprise_id:
            assert person.user.name not in content
    assert any(one["event"]["commitments"] for one in read(folder))


def test_the_photos_at_hand_are_checked_byte_by_byte(folder: Path, world: World, tmp_path: Path) -> None:
    photos = world.app.config["SETTINGS"].photo_folder / world.plant.enterprise.id.hex
    copied = shutil.copytree(photos, tmp_path / "copied")
    assert "核对了 6 张照片，另有 0 张没有提供" in run(folder, "--photos", str(copied)).stdout
    victim = sorted(path for path in copied.rglob("*") if path.is_file())[0]
    victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    answer = run(folder, "--photos", str(copied))
    assert (answer.returncode, answer.stdout) == (1, f"照片文件 {victim.name} 的内容被改动过\n")


@pytest.mark.skipif(not available("sm3"), reason="this OpenSSL has no SM3")
def test_a_chain_of_two_algorithms_is_checked_where_openssl_lacks_sm3(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.app.config["SETTINGS"] = replace(world.app.config["SETTINGS"], chain_algorithm="sm3")
    world.plant.report()
    target = tmp_path / "chain.zip"
    asked = ["export-chain", "--enterprise", world.plant.enterprise.code, "--to", str(target)]
    assert world.app.test_cli_runner().invoke(args=asked).exit_code == 0
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "export")
    assert json.loads((tmp_path / "export" / "head.json").read_text(encoding="utf-8"))["algorithm"] == "sm3"
    assert run(tmp_path / "export").returncode == 0
    monkeypatch.setitem(VERIFY.HASHES, b"sm3", VERIFY.SM3)
    assert VERIFY.verify(str(tmp_path / "export"), [])[1] == []
    for length in (0, 1, 55, 56, 63, 64, 65, 119, 120, 1000):
        content = random.Random(length).randbytes(length)
        assert VERIFY.SM3(content).hexdigest() == hashed(content, "sm3")


def change_a_field(lines: Events, chance: random.Random) -> None:
    event = chance.choice(lines)["event"]
    name = chance.choice([name for name in event if name not in ("previous", "seq")])
    event[name] = f"{event[name]}x" if isinstance(event[name], str) else {"forged": 1} if event[name] is None else "x"


def change_the_data(lines: Events, chance: random.Random) -> None:
    data = chance.choice([line for line in lines if line["event"]["data"]])["event"]["data"]
    data.pop(chance.choice(sorted(data)))


def change_commitments(lines: Events, chance: random.Random) -> None:
    chance.choice(lines)["event"]["commitments"] = {"name": f"{chance.getrandbits(256):064x}"}


def change_a_number(lines: Events, chance: random.Random) -> None:
    chance.choice(lines)["event"]["seq"] += chance.choice((1, -1))


def change_a_hash(lines: Events, chance: random.Random) -> None:
    chance.choice(lines)["hash"] = f"{chance.getrandbits(256):064x}"


def rewrite_with_its_own_hash(lines: Events, chance: random.Random) -> None:
    line = chance.choice(lines)
    line["event"]["data"] = {"forged": True}
    line["hash"] = hashed(canonical(line["event"]), line["event"]["algorithm"])


def swap(lines: Events, chance: random.Random) -> None:
    one = chance.randrange(len(lines) - 1)
    lines[one], lines[one + 1] = lines[one + 1], lines[one]


def remove(lines: Events, chance: random.Random) -> None:
    lines.pop(chance.randrange(len(lines)))


def double(lines: Events, chance: random.Random) -> None:
    place = chance.randrange(len(lines))
    lines.insert(place, lines[place])


def slip_in(lines: Events, chance: random.Random) -> None:
    place = chance.randrange(len(lines))
    event = {**lines[place]["event"], "subject_id": str(new_id())}
    lines.insert(place, {"event": event, "hash": hashed(canonical(event))})


def cut_the_tail(lines: Events, chance: random.Random) -> None:
    del lines[chance.randrange(len(lines)) :]


WAYS: list[Tamper] = [
    change_a_field, change_the_data, change_commitments, change_a_number, change_a_hash, rewrite_with_its_own_hash,
    swap, remove, double, slip_in, cut_the_tail,
]  # fmt: skip


def change_the_head(folder: Path, chance: random.Random) -> None:
    head = json.loads((folder / "head.json").read_text(encoding="utf-8"))
    name = chance.choice(("seq", "hash", "algorithm", "enterprise"))
    forged = {"seq": head["seq"] + 1, "hash": "f" * 64, "algorithm": "sm3", "enterprise": {"id": str(new_id())}}
    changed = {**head["enterprise"], **forged["enterprise"]} if name == "enterprise" else forged[name]
    (folder / "head.json").write_bytes(canonical({**head, name: changed}))


def change_a_photo(folder: Path, chance: random.Random) -> None:
    path = folder / "photos.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    row = rows[chance.randrange(1, len(rows))]
    place = chance.randrange(4)
    row[place] = {0: "f" * 64, 1: row[1] + "0", 2: str(new_id()), 3: "grounds"}[place]
    if chance.random() < 0.3:
        rows.remove(row)
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def change_a_byte(folder: Path, chance: random.Random) -> None:
    path = folder / "events.jsonl"
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def test_every_tamper_of_an_export_is_found(folder: Path) -> None:
    chance = random.Random(12)
    kept = {name: (folder / name).read_bytes() for name in FILES}
    honest = read(folder)
    by_file = (change_the_head, change_a_photo, change_a_byte)
    for turn in range(TAMPERS):
        way = turn % (len(WAYS) + len(by_file))
        if way < len(WAYS):
            lines = json.loads(json.dumps(honest))
            WAYS[way](lines, chance)
            write(folder, lines)
        else:
            by_file[way - len(WAYS)](folder, chance)
        _, problems = VERIFY.verify(str(folder), [])
        assert problems, (turn, way)
        for name, content in kept.items():
            (folder / name).write_bytes(content)
    assert VERIFY.verify(str(folder), [])[1] == []


def test_the_first_broken_number_is_the_one_tampered_with(folder: Path) -> None:
    lines = read(folder)
    lines[6]["event"]["data"]["forged"] = True
    write(folder, lines)
    answer = run(folder)
    assert (answer.returncode, answer.stdout) == (1, "第 7 号起断裂\n")


def test_cutting_the_tail_with_the_head_made_good_is_found_only_with_an_anchor(folder: Path) -> None:
    seq, said = head_of(folder)
    rewrite(folder, read(folder)[:-3])
    (folder / "photos.csv").write_text((folder / "photos.csv").read_text(encoding="utf-8"), encoding="utf-8")
    assert run(folder).stdout.startswith("完整")
    answer = run(folder, "--head", f"{seq}:{said}")
    assert answer.returncode == 1
    assert f"只到第 {seq - 3} 号，留存的链首是第 {seq} 号，结尾被截去" in answer.stdout


def test_rewriting_everything_is_found_only_with_an_anchor(folder: Path) -> None:
    anchor = "{}:{}".format(*head_of(folder))
    lines = read(folder)
    lines[8]["event"]["data"] = {"forged": True}
    rewrite(folder, lines)
    assert run(folder).stdout.startswith("完整")
    answer = run(folder, "--head", anchor)
    assert (answer.returncode, "此前的事件被重写过" in answer.stdout) == (1, True)


def test_only_those_who_may_export_the_chain_get_it(world: World) -> None:
    plant = world.plant
    assert plant.worker.get("/chain-export").status_code == 403
    assert world.regulator.get("/chain-export", enterprise_id=str(plant.enterprise.id)).status_code == 200
    assert world.regulator.get("/chain-export", enterprise_id=str(world.other.enterprise.id)).status_code == 404
