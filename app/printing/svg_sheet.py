"""The same drawing for screens: a sheet with the methods of page.Sheet that writes SVG, its pages one below the other.

Every element is made by the XML library, so that text is escaped; there is no script and no style sheet in it.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from xml.etree.ElementTree import Element, SubElement, tostring

from reportlab.lib.colors import Color, black

from app.printing.page import LEADING, RULE, Align, Polygon, Sheet
from qr import Symbol, fonts

FAMILIES = "Noto Sans SC, Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, SimHei, sans-serif"
_ANCHORS = {"left": "start", "centre": "middle", "right": "end"}
_PNG = b"\x89PNG"


class SvgSheet(Sheet):
    """An SVG in the making, drawn on as any other sheet."""

    def __init__(self, size: tuple[float, float], *, title: str) -> None:
        """Begin an SVG; nothing of a PDF is made, and every method that would write to one is its own here."""
        self.width, self.height = self._size = size
        self._pages: list[Element] = []
        self._title = fonts.printable(title)
        self._clips = 0
        self._into = self._page()

    def finish(self) -> bytes:
        """Return the SVG: as many pages as were closed."""
        width, height = self._size
        tall = height * len(self._pages)
        root = Element(
            "svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {_n(width)} {_n(tall)}"},
            width=f"{_n(width / 72 * 25.4)}mm", height=f"{_n(tall / 72 * 25.4)}mm",
        )  # fmt: skip
        root.set("font-family", FAMILIES)
        root.set("lang", "zh-CN")
        SubElement(root, "title").text = self._title
        root.extend(self._pages)
        written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
        return written

    def next_page(self) -> None:
        """Close the page; what is drawn next stands on a new one."""
        self._pages.append(self._into)
        self._into = self._page()

    def text(
        self,
        lines: Sequence[str],
        x: float,
        top: float,
        size: float,
        *,
        font: str = fonts.REGULAR,
        ink: Color = black,
        align: Align = "left",
        leading: float | None = None,
    ) -> None:
        """Draw drawable lines hanging from `top`, each as wide as on paper whatever typeface the screen has."""
        leading = leading or size * LEADING
        baseline = top - (leading - size) / 2 - 0.88 * size
        for line in lines:
            if line.strip():
                at = {"x": _n(x), "y": self._y(baseline), "font-size": _n(size), "fill": _hex(ink)}
                if align != "left":
                    at["text-anchor"] = _ANCHORS[align]
                if font == fonts.BOLD:
                    at["font-weight"] = "700"
                if len(line) > 1:
                    at |= {"textLength": _n(fonts.width(line, size, font)), "lengthAdjust": "spacingAndGlyphs"}
                self._add("text", {**at, "xml:space": "preserve"}).text = line
            baseline -= leading

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: Color | None = None, line: float = 0.0
    ) -> None:
        """Draw a rectangle from its lower left corner, filled, outlined with a line of that width, or both."""
        rectangle = {"x": _n(x), "y": self._y(y + height), "width": _n(width), "height": _n(height)}
        self._add("rect", {**rectangle, **_filled(fill), **(_lined(RULE, line) if line else {})})

    def polygon(
        self,
        corners: Polygon,
        *,
        fill: Color | None = None,
        outline: Color | None = None,
        line: float = 1.0,
        opacity: float = 1.0,
    ) -> None:
        """Draw a closed polygon, filled or outlined; opacity is that of the fill."""
        points = {"points": " ".join(f"{_n(x)},{self._y(y)}" for x, y in corners)}
        self._add("polygon", {**points, **_filled(fill, opacity), **(_lined(outline, line) if outline else {})})

    def dot(self, middle: tuple[float, float], radius: float, *, fill: Color) -> None:
        """Draw a filled circle with a dark rim."""
        circle = {"cx": _n(middle[0]), "cy": self._y(middle[1]), "r": _n(radius)}
        self._add("circle", {**circle, **_filled(fill), **_lined(black, 0.8)})

    def rules(self, lines: Sequence[tuple[float, float, float, float]], width: float = 0.6) -> None:
        """Draw straight lines, each given as x1, y1, x2, y2."""
        if lines:
            paths = (f"M{_n(x1)} {self._y(y1)}L{_n(x2)} {self._y(y2)}" for x1, y1, x2, y2 in lines)
            self._add("path", {"d": "".join(paths), **_lined(RULE, width)})

    def picture(self, content: bytes, x: float, y: float, width: float, height: float) -> None:
        """Draw a PNG or JPEG into a rectangle from its lower left corner."""
        kind = "png" if content.startswith(_PNG) else "jpeg"
        place = {"x": _n(x), "y": self._y(y + height), "width": _n(width), "height": _n(height)}
        data = f"data:image/{kind};base64,{b64encode(content).decode()}"
        self._add("image", {**place, "preserveAspectRatio": "none", "href": data})

    def symbol(self, symbol: Symbol, x: float, y: float, side: float) -> None:
        """Draw a QR symbol without its quiet zone: one path of all dark modules, without seams."""
        step, top = side / symbol.size, y + side
        dark = [divmod(n, symbol.size) for n, module in enumerate(symbol.modules) if module]
        corners = (f"M{_n(x + column * step)} {self._y(top - row * step)}" for row, column in dark)
        square = f"h{step:.3f}v{step:.3f}h-{step:.3f}z"
        self._add("path", {"d": "".join(corner + square for corner in corners), "shape-rendering": "crispEdges"})

    @contextmanager
    def clipped(self, corners: Polygon, without: Sequence[Sequence[Polygon]] = ()) -> Iterator[None]:
        """Draw within a polygon alone, and outside others: each group of these holds ones that do not overlap."""
        outside = self._into
        self._into = self._clipping([corners])
        frame = [(0.0, 0.0), (self.width, 0.0), (self.width, self.height), (0.0, self.height)]
        for group in without:
            self._into = self._clipping([frame, *group])
        yield
        self._into = outside

    @contextmanager
    def scaled(self, by: float) -> Iterator[None]:
        """Draw everything so many times as large, from the lower left corner; width and height say what then fits."""
        size, outside = (self.width, self.height), self._into
        self._into = SubElement(outside, "g", {"transform": f"scale({by:.5f})"})
        self.width, self.height = size[0] / by, size[1] / by
        yield
        (self.width, self.height), self._into = size, outside

    def _page(self) -> Element:
        width, height = self._size
        page = Element("svg", {"y": _n(height * len(self._pages)), "width": _n(width), "height": _n(height)})
        SubElement(page, "rect", {"width": _n(width), "height": _n(height), "fill": "#ffffff"})
        return page

    def _clipping(self, outlines: Sequence[Polygon]) -> Element:
        self._clips += 1
        name = f"clip-{self._clips}"
        path = "".join("M" + "L".join(f"{_n(x)} {self._y(y)}" for x, y in corners) + "Z" for corners in outlines)
        clip = SubElement(self._into, "clipPath", {"id": name})
        SubElement(clip, "path", {"d": path, "clip-rule": "evenodd"})
        return SubElement(self._into, "g", {"clip-path": f"url(#{name})"})

    def _add(self, name: str, attributes: dict[str, str]) -> Element:
        return SubElement(self._into, name, attributes)

    def _y(self, y: float) -> str:
        return _n(self.height - y)


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _hex(colour: Color) -> str:
    return "#" + "".join(f"{round(255 * share):02x}" for share in colour.rgb())


def _filled(fill: Color | None, opacity: float = 1.0) -> dict[str, str]:
    if fill is None:
        return {"fill": "none"}
    return {"fill": _hex(fill)} if opacity == 1 else {"fill": _hex(fill), "fill-opacity": _n(opacity)}


def _lined(colour: Color, width: float) -> dict[str, str]:
    return {"stroke": _hex(colour), "stroke-width": _n(width)}
