"""A symbol as a picture file: PNG for screens, SVG for printers, both with their quiet zone."""

import io
from itertools import groupby
from xml.etree import ElementTree

from PIL import Image

from qr.symbols import QUIET_ZONE, Symbol


def png(symbol: Symbol, module_px: int = 8) -> bytes:
    """Return the symbol as a black and white PNG, each module module_px pixels wide, at least 1."""
    if module_px < 1:
        raise ValueError("每个模块至少 1 像素：请改大。")
    side = symbol.size + 2 * QUIET_ZONE
    modules = Image.new("1", (side, side), 1)
    dark = symbol.modules.translate(bytes([255, 0]) + bytes(254))
    modules.paste(Image.frombytes("L", (symbol.size, symbol.size), dark), (QUIET_ZONE, QUIET_ZONE))
    picture = modules.resize((side * module_px, side * module_px), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def svg(symbol: Symbol, width_mm: float | None = None) -> bytes:
    """Return the symbol as an SVG document, width_mm millimetres wide with its quiet zone, or as wide as its place."""
    side = symbol.size + 2 * QUIET_ZONE
    root = ElementTree.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {side} {side}", role="img")
    if width_mm is not None:
        root.set("width", f"{width_mm:g}mm")
        root.set("height", f"{width_mm:g}mm")
    root.set("shape-rendering", "crispEdges")
    ElementTree.SubElement(root, "title").text = symbol.text
    ElementTree.SubElement(root, "rect", width=str(side), height=str(side), fill="#fff")
    ElementTree.SubElement(root, "path", d=_outline(symbol))
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _outline(symbol: Symbol) -> str:
    """Return path data with one rectangle for each run of dark modules in a row."""
    runs = []
    for row in range(symbol.size):
        line = symbol.modules[row * symbol.size : (row + 1) * symbol.size]
        column = 0
        for dark, group in groupby(line):
            length = len(list(group))
            if dark:
                runs.append(f"M{column + QUIET_ZONE} {row + QUIET_ZONE}h{length}v1h-{length}z")
            column += length
    return "".join(runs)
