"""The safety signs of the prints, drawn by the product after GB 2894: which ones a point needs, and their drawings.

Everything that is known of a sign stands in the data: `signs.toml` holds the edition, the colours, the frames and the
figures that several signs share, and one file a family holds its signs.
"""

from app.printing.signs.catalogue import EDITION, SIGNS, Edition, Family, Sign
from app.printing.signs.choosing import choose
from app.printing.signs.rendering import draw, draw_named, named_height, svg

__all__ = ["EDITION", "SIGNS", "Edition", "Family", "Sign", "choose", "draw", "draw_named", "named_height", "svg"]
