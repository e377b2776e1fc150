"""QR codes for risk points: tokens and addresses, symbols, pictures of them, and label sheets in true millimetres."""

from qr.batches import labels_csv, symbols_zip
from qr.calibration import calibration_page
from qr.edges import cut_off
from qr.images import png, svg
from qr.labels import Label, Located, blank_label, label_sheet, too_small
from qr.scanned import OldAddress, old_addresses, token_in
from qr.stocks import A4_10, A4_24, A4_40, A4_65, FREE, STOCKS, Stock, free_stock
from qr.symbols import Symbol, symbol, symbols
from qr.tokens import address, is_token, new_token

__all__ = [
    "A4_10",
    "A4_24",
    "A4_40",
    "A4_65",
    "FREE",
    "STOCKS",
    "Label",
    "Located",
    "OldAddress",
    "Stock",
    "Symbol",
    "address",
    "blank_label",
    "calibration_page",
    "cut_off",
    "free_stock",
    "is_token",
    "label_sheet",
    "labels_csv",
    "new_token",
    "old_addresses",
    "png",
    "svg",
    "symbol",
    "symbols",
    "symbols_zip",
    "token_in",
    "too_small",
]
