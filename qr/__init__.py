"""QR codes for risk points: tokens and addresses, symbols, pictures of them, and label sheets in true millimetres."""

from qr.images import png, svg
from qr.labels import Label, label_sheet
from qr.stocks import A4_10, A4_24, STOCKS, Stock
from qr.symbols import Symbol, symbol, symbols
from qr.tokens import address, is_token, new_token

__all__ = [
    "A4_10",
    "A4_24",
    "STOCKS",
    "Label",
    "Stock",
    "Symbol",
    "address",
    "is_token",
    "label_sheet",
    "new_token",
    "png",
    "svg",
    "symbol",
    "symbols",
]
