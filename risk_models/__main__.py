"""The command line: grade one set of factors, list the profiles, or describe one, in Chinese.

python -m risk_models LEC L=3 E=6 C=15 [--profile lec-coal | --profile own.toml]
"""

import argparse
import sys
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

from risk_models.catalogue import choose, describe, find, load_profile, profiles
from risk_models.errors import GradingError
from risk_models.exact import plain
from risk_models.grading import grade
from risk_models.levels import RiskLevel
from risk_models.profile import SCORE_SYMBOLS, Profile


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Answer a wrong call with the usage and status 2."""
        self.exit(2, f"命令有误：{message}\n用法：{self.usage}\n")


def main(arguments: list[str]) -> int:
    """Run the command line on its arguments; returns 0, or 2 for bad input with the reason on standard error."""
    parser = _Parser(
        usage="python -m risk_models 方法 因素=值 … [--profile 标准表] | --list | --describe 标准表",
        description="按 LS、LEC 或自定义标准表给风险定级。",
    )
    parser.add_argument("method", nargs="?", help="方法：LS、LEC 或 custom")
    parser.add_argument("factors", nargs="*", metavar="因素=值", help="如 L=3 E=6 C=15")
    parser.add_argument("--profile", help="标准表名称，或以 .toml 结尾的自定义标准表文件；不给则用方法的默认表")
    parser.add_argument("--list", action="store_true", help="列出随附的标准表")
    parser.add_argument("--describe", metavar="名称", help="显示一张标准表的取值、含义和分级")
    options = parser.parse_args(arguments)
    try:
        if options.list:
            lines = _list()
        elif options.describe:
            lines = _describe(_profile(options.describe))
        elif options.method:
            lines = _grade(options.method, options.factors, options.profile and _profile(options.profile))
        else:
            parser.error("请给出方法和因素，如 LEC L=3 E=6 C=15；或用 --list、--describe。")
    except (GradingError, OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _grade(method: str, pairs: list[str], profile: Profile | None) -> list[str]:
    factors: dict[str, str] = {}
    for pair in pairs:
        code, sign, value = pair.partition("=")
        if not sign or code in factors:
            message = f"“{pair}”写法不对：每个因素写一次，形如 L=3。"
            raise GradingError(message, code="wrong_type", factor=code)
        factors[code] = value
    result = grade(method, factors, profile)
    chosen = choose(method, profile)
    band = next(band for band in chosen.bands if band.holds(result.score))
    symbol = SCORE_SYMBOLS[chosen.method]
    product = " × ".join(f"{code} {plain(value)}" for code, value in result.factors.items())
    return [
        f"{symbol} = {product} = {plain(result.score)}",
        f"等级：{result.level.label}（{result.level.colour_name}），表中称“{result.level_name}”，{band.range(symbol)}",
        f"标准表：{chosen.name}（{chosen.title}，{chosen.edition.isoformat()}）",
    ]


def _list() -> list[str]:
    lines = []
    for entry in profiles():
        default = "（默认）" if entry["default"] else ""
        lines.append(f"{entry['name']:<18}{entry['method']:<5}{entry['edition']}  {entry['title']}{default}")
    return lines


def _describe(profile: Profile) -> list[str]:
    document = describe(profile)
    lines = [f"{document['name']}：{document['title']}（{document['method']}，{document['edition']}）"]
    lines.append(f"来源：{document['source']}；可信程度：{document['certainty']}")
    for factor in document["factors"]:
        lines.append(f"{factor['code']} {factor['name']}")
        for step in factor["scale"]:
            lines.append(f"  {step['value']:>4}  {step['meaning']}")
            lines.extend(f"        {viewpoint}：{criterion}" for viewpoint, criterion in step["dimensions"].items())
    lines.append("分级")
    for band in document["bands"]:
        level = RiskLevel(band["level"])
        lines.append(f"  {band['range']}  {level.label}（{level.colour_name}）  {band['level_name']}")
    return lines


def _profile(name: str) -> Profile:
    if not name.endswith(".toml"):
        return find(name)
    return load_profile(tomllib.loads(Path(name).read_text(encoding="utf-8"), parse_float=Decimal))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
