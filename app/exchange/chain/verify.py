#!/usr/bin/env python3
"""核对从双重预防系统导出的事件链。只用 Python 自带的库（3.7 及以上），不联网，不需要原系统。

用法（在解压后的文件夹里）：
    python verify.py                         核对事件链和照片清单
    python verify.py --head 1234:ab12…       再与系统外留存的“链首”比对（可写多个）；销号证明上印有它
    python verify.py --photos 文件夹          再核对手中的照片文件，逐字节计算

核对的道理：每个事件写成一行文字，其中含有前一个事件的哈希；这行文字的哈希写在它旁边。改动任何一个字、删去、插入
或调换任何一行，从那一行起就对不上。它查不出的只有两种：把结尾若干行连同 head.json 一起去掉，或从头到尾全部重算；
这两种要靠留在系统外的链首（--head）才查得出。
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

START = b"0" * 64  # what stands before the first event
ENDS = len('00000000-0000-0000-0000-000000000000"}')  # each event's text ends with the id of what it is about
KEPT = ("photo.received", "floor_plan.drawn")  # the events by which a photo came in
NAMED = "photos.named"  # the event by which a report or a move names its photos

# SM3 (GB/T 32905-2016), written out for machines whose OpenSSL lacks it.
_SM3_START = (
    0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
)  # fmt: skip
_WORD = 0xFFFFFFFF


def _turned(word: int, places: int) -> int:
    places %= 32
    return ((word << places) | (word >> (32 - places))) & _WORD


def _sm3_block(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    words = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
    for j in range(16, 68):
        mixed = words[j - 16] ^ words[j - 9] ^ _turned(words[j - 3], 15)
        words.append(mixed ^ _turned(mixed, 15) ^ _turned(mixed, 23) ^ _turned(words[j - 13], 7) ^ words[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        early = j < 16
        ss1 = _turned((_turned(a, 12) + e + _turned(0x79CC4519 if early else 0x7A879D8A, j)) & _WORD, 7)
        ff = a ^ b ^ c if early else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if early else (e & f) | (~e & _WORD & g)
        tt1 = (ff + d + (ss1 ^ _turned(a, 12)) + (words[j] ^ words[j + 4])) & _WORD
        tt2 = (gg + h + ss1 + words[j]) & _WORD
        a, b, c, d = tt1, a, _turned(b, 9), c
        e, f, g, h = tt2 ^ _turned(tt2, 9) ^ _turned(tt2, 17), e, _turned(f, 19), g
    return tuple(new ^ old for new, old in zip((a, b, c, d, e, f, g, h), state))  # noqa: B905 - Python 3.7 reads this


class SM3:
    """The SM3 hash of bytes, asked for as hashlib's are."""

    def __init__(self, content: bytes) -> None:
        padded = content + b"\x80" + b"\0" * ((55 - len(content)) % 64) + (8 * len(content)).to_bytes(8, "big")
        self.state: tuple[int, ...] = _SM3_START
        for at in range(0, len(padded), 64):
            self.state = _sm3_block(self.state, padded[at : at + 64])

    def hexdigest(self) -> str:
        """The hash in hexadecimal."""
        return "".join(f"{word:08x}" for word in self.state)


def _sm3(content: bytes) -> Any:
    try:
        return hashlib.new("sm3", content)
    except ValueError:  # this OpenSSL has none
        return SM3(content)


class Unknown:
    """The hash by an algorithm that is none: no event has it."""

    def __init__(self, content: bytes) -> None:
        pass

    def hexdigest(self) -> str:
        return ""


HASHES: dict[bytes, Callable[[bytes], Any]] = {b"sha256": hashlib.sha256, b"sm3": _sm3}


class Chain:
    """A chain that was followed: the first broken number (0: none), how many events hold, the last, those wanted."""

    def __init__(self, wanted: Iterable[int] = ()) -> None:
        self.broken, self.number, self.hash, self.line = 0, 0, START, b""
        self.wanted = frozenset(wanted)
        self.at: dict[int, bytes] = {}

    def follow(self, lines: Iterable[bytes]) -> Chain:
        """Follow the lines of events.jsonl until one does not follow.

        A line is {"hash":"<64 digits>","event":<the text that was hashed>}. The text begins with who acted and the
        algorithm, and ends with the hash before, the number, and what it is about: so both ends must be as expected.
        """
        number, before, last = self.number, self.hash, self.line
        named = b"none yet"
        hash_of: Callable[[bytes], Any] = Unknown
        for line in lines:
            number += 1
            text = line[83:-2]
            if line.find(named, 83, 163) < 0:  # another algorithm than that of the event before
                algorithm = text[:80].partition(b'"algorithm":"')[2].partition(b'"')[0]
                named, hash_of = b'"algorithm":"%s"' % algorithm, HASHES.get(algorithm, Unknown)
            ends = b'"previous":"%s","seq":%d,"subject_id":"' % (before, number)
            made = hash_of(text).hexdigest().encode()
            opens = b'{"hash":"%s","event":{' % made
            if not (line.startswith(opens) and text.endswith(ends, 0, -ENDS) and line.endswith(b"}}\n")):
                self.broken = number
                number -= 1
                break
            before, last = made, line
            if number in self.wanted:
                self.at[number] = made
        self.number, self.hash, self.line = number, before, last
        return self


def photo_problems(folder: str, lines: Iterable[bytes]) -> list[str]:
    """Where photos.csv is not what the events tell of photos."""
    kept, named = {}, set()
    for line in lines:
        if b'"sha256":"' not in line:
            continue
        event = json.loads(line)["event"]
        if event["kind"] in KEPT:
            kept[event["data"]["sha256"]] = event["data"].get("size")
        elif event["kind"] == NAMED:
            named |= {(photo["sha256"], event["subject_id"], photo["purpose"]) for photo in event["data"]["photos"]}
    listed, listed_named, problems = {}, set(), []
    for row in photo_rows(folder):
        listed[row["sha256"]] = row["size"]
        if row["named_by"]:
            listed_named.add((row["sha256"], row["named_by"], row["purpose"]))
    problems += [f"清单缺少照片 {sha256}" for sha256 in sorted(set(kept) - set(listed))]
    problems += [f"清单多出照片 {sha256}" for sha256 in sorted(set(listed) - set(kept))]
    for sha256, size in sorted(listed.items()):
        if kept.get(sha256) is not None and str(kept[sha256]) != size:
            problems.append(f"照片 {sha256} 的大小与事件不符")
    told = {subject for _, subject, _ in named}
    missing = {one for one in named if one[0] in kept} - listed_named
    surplus = {one for one in listed_named - named if one[1] in told}
    return problems + [f"照片 {one[0]} 与 {one[1]} 的对应关系与事件不符" for one in sorted(missing | surplus)]


def photo_rows(folder: str) -> list[dict[str, str]]:
    """The rows of photos.csv."""
    with open(os.path.join(folder, "photos.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def altered_files(folder: str, photos: str) -> tuple[int, int, list[str]]:
    """How many photos of the list are in a folder, how many are not, and which are not what their names say."""
    wanted = {row["sha256"] for row in photo_rows(folder)}
    there, wrong = set(), []
    for place, _, names in os.walk(photos):
        for name in names:
            sha256 = name.partition(".")[0].lower()
            if sha256 in wanted:
                there.add(sha256)
                with open(os.path.join(place, name), "rb") as file:
                    if hashlib.sha256(file.read()).hexdigest() != sha256:
                        wrong.append(f"照片文件 {name} 的内容被改动过")
    return len(there), len(wanted) - len(there), wrong


def head_problems(head: dict[str, Any], chain: Chain, anchors: list[tuple[int, str]]) -> list[str]:
    """Where the end of the chain is not what head.json says, or an anchor from outside is another."""
    problems = []
    last = json.loads(chain.line)["event"] if chain.line else None
    if (head["seq"], head["hash"]) != (chain.number, chain.hash.decode()):
        problems.append(f"第 {chain.number + 1} 号起断裂：head.json 记的是第 {head['seq']} 号，与事件链的结尾不符")
    elif last and (head["enterprise"]["id"], head["algorithm"]) != (last["enterprise_id"], last["algorithm"]):
        problems.append("head.json 的企业或算法与事件不符")
    for seq, said in anchors:
        if seq > chain.number:
            problems.append(f"与链首不符：事件链只到第 {chain.number} 号，留存的链首是第 {seq} 号，结尾被截去")
        elif chain.at[seq].decode() != said:
            problems.append(f"与链首不符：第 {seq} 号的哈希与留存的不同，此前的事件被重写过")
    return problems


def verify(folder: str, anchors: list[tuple[int, str]]) -> tuple[str, list[str]]:
    """What there is to say of the whole, and every problem of an export."""
    try:
        with open(os.path.join(folder, "head.json"), encoding="utf-8") as file:
            head = json.load(file)
        with open(os.path.join(folder, "events.jsonl"), "rb") as lines:
            chain = Chain(seq for seq, _ in anchors).follow(lines)
            if chain.broken:
                return "", [f"第 {chain.broken} 号起断裂"]
            problems = head_problems(head, chain, anchors)
            lines.seek(0)
            problems += photo_problems(folder, lines)
        name = head["enterprise"]["name"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return "", [f"导出的文件缺失或格式被改动：{error!r}"]
    return f"完整：{name}，共 {chain.number} 个事件，链首 {chain.number}:{chain.hash.decode()}", problems


def anchor(text: str) -> tuple[int, str]:
    """An anchor as it is typed, 1234:ab12…; spaces within the hash do not matter."""
    seq, _, said = text.partition(":")
    said = "".join(said.split()).lower()
    if not seq.strip().isdigit() or int(seq) < 1 or len(said) != 64:
        raise argparse.ArgumentTypeError("链首应写成 号:哈希，哈希为 64 位十六进制")
    return int(seq), said


def main() -> int:
    """Say what was found; 0 when all is well, 1 when not."""
    parser = argparse.ArgumentParser(description="核对双重预防系统导出的事件链")
    parser.add_argument("folder", nargs="?", default=os.path.dirname(os.path.abspath(__file__)), help="解压后的文件夹")
    parser.add_argument("--head", action="append", type=anchor, default=[], help="系统外留存的链首，号:哈希")
    parser.add_argument("--photos", help="照片文件所在的文件夹，文件名为其 sha256")
    given = parser.parse_args()
    whole, problems = verify(given.folder, given.head)
    note = ""
    if given.photos and whole:
        found, absent, wrong = altered_files(given.folder, given.photos)
        problems += wrong
        note = f"；核对了 {found} 张照片，另有 {absent} 张没有提供"
    sys.stdout.write("\n".join(problems or [whole + note]) + "\n")
    if not problems and not given.head:
        sys.stdout.write("没有与系统外留存的链首比对（--head），查不出结尾被截去或全部重算。\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
