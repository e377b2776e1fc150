"""A PDF of pages of a stock: in true millimetres, with the typeface embedded, equal for equal content."""

import io
import zlib

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfdoc import PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from qr import fonts
from qr.stocks import Stock


class Paper(Canvas):  # type: ignore[misc]
    """A canvas whose pages may hold bytes of images beside text, and are packed as soon as they are full.

    reportlab would keep them unpacked until the end, and write every byte above 127 as two.
    """

    def __init__(self, buffer: io.BytesIO, stock: Stock, title: str) -> None:
        fonts.register()
        super().__init__(
            buffer,
            pagesize=tuple(length * mm for length in stock.page),
            initialFontName=fonts.REGULAR,
            pageCompression=1,
            invariant=True,
            lang="zh-CN",
        )
        self.setTitle(title)
        self.setAuthor("双重预防")
        self.setSubject(f"标签纸：{stock.name}")

    def showPage(self) -> None:
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.Contents = PDFStream(content=zlib.compress(page.stream.encode("latin-1"), 9))
        page.Contents.dictionary["Filter"] = PDFName("FlateDecode")
        page.stream = None
