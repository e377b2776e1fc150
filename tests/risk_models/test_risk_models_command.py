"""The command line, run as people run it, and the library's independence."""

import subprocess
import sys
from pathlib import Path

import pytest

from risk_models.__main__ import main

ROOT = Path(__file__).parents[2]


def test_the_module_runs_from_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "risk_models", "LEC", "L=3", "E=6", "C=15"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "D = L 3 × E 6 × C 15 = 270" in done.stdout
    assert "较大风险（橙）" in done.stdout


def test_the_library_knows_neither_flask_nor_sqlalchemy_and_reads_nothing_at_import() -> None:
    probe = (
        "import sys, risk_models; from risk_models.catalogue import packaged;"
        "print(sorted({'flask', 'sqlalchemy', 'marshmallow'} & set(sys.modules)), packaged.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] 0"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["LS", "L=3", "S=5"], "较大风险（橙）"),
        (["LS", "L=3", "S=5", "--profile", "ls-d"], "重大风险（红）"),
        (["--list"], "lec-classic-five"),
        (["--describe", "ls-shandong"], "有人丧失劳动能力"),
        (["--describe", "lec-four"], "160 ≤ D < 320"),
    ],
)
def test_the_command_answers_in_chinese(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert said in capsys.readouterr().out


def test_an_own_profile_may_be_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "own.toml"
    readme = (ROOT / "risk_models" / "README.md").read_text(encoding="utf-8")
    file.write_text(readme.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    assert main(["custom", "P=2.5", "Q=4", "--profile", str(file)]) == 0
    assert "得分 = P 2.5 × Q 4 = 10" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["LEC", "L=4", "E=6", "C=15"], "可取：10、6、3、1、0.5、0.2、0.1"),
        (["LEC", "L=3"], "缺少因素 E"),
        (["LEC", "L3"], "形如 L=3"),
        (["LEC", "L=3", "L=6"], "写一次"),
        (["MES"], "LS、LEC、custom"),
        (["LS", "L=1", "S=1", "--profile", "ls-e"], "ls-shandong"),
        (["LS", "L=1", "S=1", "--profile", "absent.toml"], "absent.toml"),
        (["--describe", "nothing"], "lec-coal"),
    ],
)
def test_bad_input_ends_with_status_2_and_says_what_is_allowed(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--unknown"], ["LS", "--profile"]])
def test_a_wrong_call_ends_with_status_2_and_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "用法：" in capsys.readouterr().err
