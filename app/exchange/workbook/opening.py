"""Which files may be read as a workbook (pure): unpacked within bounds, and without anything that runs or reaches out.

Nothing but what was checked goes on: the parts are packed anew, so that a reader sees exactly what was counted here.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import normpath
from xml.etree import ElementTree

from app.core.errors import Invalid, Refusal, TooLarge, WrongType
from app.exchange.workbook.counting import Part, Place, irregular, text_lengths

MOST_BYTES = 120_000_000  # unpacked bytes, and bytes of text when every shared text is written out
MOST_PARTS = 3_000
MOST_RATIO = 300  # unpacked to packed, of a part over _SMALL bytes
_SMALL = 1_000_000
_PIECE = 1 << 15  # bytes unpacked at once: few enough that what is found in them stays in the processor's cache
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_WORKBOOK = "xl/workbook.xml"
_XML = (".xml", ".rels", ".vml")

# What a part or a relationship is called that a ledger has no need of, and that may run or reach out.
_MACROS = re.compile(r"vbaproject|vbadata|macrosheet|dialogsheet|macroenabled|jdedata|jdeext|jsaproject", re.IGNORECASE)
_LINKS = re.compile(r"externallink|/connections|/querytable", re.IGNORECASE)
_OBJECTS = re.compile(r"/embeddings/|/activex|oleobject|/package$|/control$|/xl/model/", re.IGNORECASE)


@dataclass(frozen=True)
class Workbook:
    """A workbook that may be read: its parts packed anew, and by sheet the cells that have no value, and why."""

    content: bytes
    flaws: Mapping[str, Mapping[Place, str]]


def opened(content: bytes) -> Workbook:
    """Check a file and return what may be read of it.

    Raises WrongType for what is no .xlsx workbook, Invalid for one with macros, links to other files or embedded
    objects, or a broken one, TooLarge for one that unpacks to more than may be read.
    """
    archive = _archive(content)
    try:
        return _checked(archive)
    except Refusal:
        raise
    except Exception:  # noqa: BLE001 - unpacking and parsing raise what they like on a forged file
        raise irregular() from None


def _archive(content: bytes) -> zipfile.ZipFile:
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise WrongType(
                "工作簿设有打开密码。请在 Excel 或 WPS 中去掉密码，保存后再上传。", code="encrypted_workbook"
            )
        raise WrongType(
            "这是旧格式（.xls 或 .et）的工作簿。请用 Excel 或 WPS 打开，选“另存为”，类型选 .xlsx，再上传。",
            code="old_workbook",
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = set(archive.namelist())
    except Exception:  # noqa: BLE001 - the same
        raise _not_a_workbook() from None
    if _WORKBOOK not in names or "[Content_Types].xml" not in names:
        raise _not_a_workbook()
    return archive


def _checked(archive: zipfile.ZipFile) -> Workbook:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_BYTES:
        raise _too_large()
    if len({name.casefold() for name in names}) < len(names) or any(info.flag_bits & 1 for info in infos):
        raise irregular()
    for name in names:
        _harmless(f"/{name}")
    counted = _unpacked(archive, infos)
    parts = {name: whole for name, (_, whole) in counted.items()}
    _check_relations(parts)
    _check_shared_texts(counted)
    flaws = {sheet: counted[name][0].flaws for sheet, name in _sheets(parts).items()}
    return Workbook(_packed(parts), flaws)


def _unpacked(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> dict[str, tuple[Part, bytes]]:
    """The XML parts, each with its count; what is left out, such as pictures, is not read at all."""
    counted: dict[str, tuple[Part, bytes]] = {}
    total = rows = 0
    # The sheets come first: a workbook with too many rows is refused before its texts are unpacked.
    for info in sorted(infos, key=lambda info: "worksheets" not in info.filename):
        if not info.filename.lower().endswith(_XML):
            continue
        part, size = Part(rows), 0
        for piece in _pieces(archive, info):
            size += len(piece)
            if total + size > MOST_BYTES or (size > _SMALL and size > MOST_RATIO * info.compress_size):
                raise _too_large()
            part.take(piece)
        content = part.finish()
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise irregular()
        counted[info.filename] = part, content
        total += size
        rows += len(part.rows)
    return counted


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise irregular()
    with archive.open(info) as part:
        while piece := part.read(_PIECE):
            yield piece


def _check_relations(parts: Mapping[str, bytes]) -> None:
    if _MACROS.search(parts["[Content_Types].xml"].decode()):
        raise _with_macros()
    for name, content in parts.items():
        if not name.lower().endswith(".rels"):
            continue
        for relation in ElementTree.fromstring(content):  # noqa: S314 - a part with a DTD was refused
            kind = relation.get("Type", "")
            _harmless(kind)
            if relation.get("TargetMode") == "External" and not kind.endswith("/hyperlink"):
                raise _linked()


def _harmless(name: str) -> None:
    """Raise Invalid for the name of a part, a relationship or a content type that a ledger may not have."""
    if _MACROS.search(name):
        raise _with_macros()
    if _LINKS.search(name):
        raise _linked()
    if _OBJECTS.search(name):
        raise Invalid("工作簿嵌有其他文件或控件。请删去嵌入的对象和控件，保存后再上传。", code="workbook_with_objects")


def _check_shared_texts(counted: Mapping[str, tuple[Part, bytes]]) -> None:
    """A text is stored once however many cells show it: what they show together may be far more than was unpacked."""
    texts = [lengths for _, content in counted.values() if (lengths := text_lengths(content))]
    if len(texts) > 1:
        raise irregular()
    lengths = texts[0] if texts else []
    if sum(part.shared_bytes(content, lengths) for part, content in counted.values() if part.rows) > MOST_BYTES:
        raise _too_large()


def _sheets(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The part of each sheet by the sheet's name."""
    relations = ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])  # noqa: S314 - a part with a DTD was refused
    targets = {relation.get("Id", ""): relation.get("Target", "") for relation in relations}
    sheets = {}
    for element in ElementTree.fromstring(parts[_WORKBOOK]).iter():  # noqa: S314 - the same
        if element.tag.rpartition("}")[2] == "sheet":
            found = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            target = targets.get(found, "")
            name = target[1:] if target.startswith("/") else normpath(f"xl/{target}")
            if name not in parts:
                raise irregular()  # what is called neither .xml nor .rels was not counted
            sheets[element.get("name", "")] = name
    return sheets


def _packed(parts: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def _not_a_workbook() -> WrongType:
    return WrongType(
        "这不是 .xlsx 工作簿。CSV、网页或其他格式的表，请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。",
        code="not_a_workbook",
    )


def _with_macros() -> Invalid:
    return Invalid(
        "工作簿带有宏（.xlsm）。请用 Excel 或 WPS 另存为不含宏的 .xlsx 后再上传。", code="workbook_with_macros"
    )


def _linked() -> Invalid:
    return Invalid(
        "工作簿链接到其他文件或外部数据。请在 Excel 的“数据—编辑链接”中断开链接、删去数据连接，保存后再上传。",
        code="workbook_with_links",
    )


def _too_large() -> TooLarge:
    return TooLarge(
        f"工作簿解压后超过 {MOST_BYTES // 1_000_000} MB，或压缩得不合常理。请删去多余的表，拆成几个文件后再上传。",
        code="workbook_too_large",
    )
