import random
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import zxingcpp
from qrcode import QRCode, util

from qr import address, new_token, symbol, symbols
from qr.symbols import ERROR_CORRECTIONS

ALPHANUMERIC = util.ALPHA_NUM.decode()


def by_qrcode(text, error_correction="H", mask=None):
    code = QRCode(error_correction=ERROR_CORRECTIONS[error_correction], mask_pattern=mask)
    code.add_data(text, optimize=0)
    code.make()
    return code.version, np.array(code.modules, np.uint8).tobytes()


def alphanumeric(length, seed=0):
    choose = random.Random(f"{length} {seed}")
    return "A" + "".join(choose.choices(ALPHANUMERIC, k=length - 1))


def read(each):
    grid = np.frombuffer(each.modules, np.uint8).reshape(each.size, each.size)
    picture = np.kron(np.pad(1 - grid, 4, constant_values=1) * 255, np.ones((4, 4))).astype(np.uint8)
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_many_symbols_equal_those_of_qrcode_bit_for_bit_with_the_mask_it_chooses():
    texts = [address("safety.example.cn", new_token()) for _ in range(60)]
    assert [(each.version, each.modules) for each in symbols(texts)] == [by_qrcode(text) for text in texts]


@pytest.mark.parametrize("error_correction", "LMQH")
def test_every_length_and_error_correction_equals_qrcode(error_correction):
    lengths = [1, 2, 3, 10, 16, 20, 25, 38, 47, 61, 77, 90, 114, 122, 154, 178]
    texts = [alphanumeric(length) for length in lengths]
    made = symbols(texts, error_correction)
    assert [(each.version, each.modules) for each in made] == [by_qrcode(text, error_correction) for text in texts]


def test_every_one_of_the_eight_masks_is_chosen_for_some_text():
    made = symbols(alphanumeric(30, seed) for seed in range(60))
    masks = [next(m for m in range(8) if by_qrcode(each.text, mask=m)[1] == each.modules) for each in made]
    assert set(masks) == set(range(8))


@pytest.mark.parametrize(
    ("length", "version"), [(13, 4), (14, 5), (27, 5), (28, 6), (47, 6)], ids=lambda value: str(value)
)
def test_the_version_of_an_address_follows_from_its_host(length, version):
    assert symbol(address("a" * length, new_token())).version == version


@pytest.mark.parametrize("text", ["液氨储罐区", "https://example.cn/q/abc", "0123456789", "A" * 400, "é", "a" * 300])
def test_other_texts_are_read_back_as_well(text):
    assert read(symbol(text, "L")) == [text]


def test_symbols_come_in_the_order_of_the_texts_and_repeat_with_them():
    texts = ["B", "液氨", "A", "AB", "B"]
    assert [each.text for each in symbols(texts)] == texts


def test_no_texts_give_no_symbols():
    assert symbols([]) == []


def test_a_symbol_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        symbol("A").text = "B"


@pytest.mark.parametrize(("text", "level"), [("", "H"), ("A" * 5000, "H"), ("a" * 5000, "L"), ("A", "X")])
def test_what_cannot_be_encoded_is_refused(text, level):
    with pytest.raises(ValueError, match="请"):
        symbol(text, level)
