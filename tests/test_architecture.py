"""The house rules that a machine can check, inside the one test command; each has a test that shows it can fail."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pctalk_studio"
MODULES = sorted(PACKAGE.rglob("*.py"))

FUNCTION_LINES = 60
FILE_LINES = 400
LONG_FILES: dict[str, str] = {}
"""Files that may be longer, each with its reason."""
LONG_FUNCTIONS: dict[str, str] = {}
"""Functions that may be longer, each with its reason."""


def _run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False)


def _lint_imports(cwd: Path) -> subprocess.CompletedProcess[str]:
    command = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    return subprocess.run([sys.executable, "-c", command, "--no-cache"], cwd=cwd, capture_output=True, text=True, check=False)


def function_lengths(source: str) -> dict[str, int]:
    """Lines of each function without its docstring."""
    lengths = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if (doc := ast.get_docstring(node, clean=False)) is not None:
                lines -= doc.count("\n") + 1
            lengths[node.name] = lines
    return lengths


def test_lint_is_clean():
    result = _run("ruff", "check", "--no-cache", ".")
    assert result.returncode == 0, result.stdout


def test_format_is_clean():
    result = _run("ruff", "format", "--check", "--no-cache", ".")
    assert result.returncode == 0, result.stdout


def test_types_are_clean():
    result = _run("mypy")
    assert result.returncode == 0, result.stdout


def test_imports_run_downwards():
    result = _lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("core/problems.py", "import pctalk_studio.media", "Rooms are entered downwards only"),
        ("analysis/__init__.py", "import pctalk_studio.deformation", "Rooms are entered downwards only"),
        ("export/__init__.py", "import PySide6", "Headless rooms know no Qt"),
        ("nets/store.py", "import torch", "What opens before the networks reaches no torch"),
        ("media/__init__.py", "import torch", "What opens before the networks reaches no torch"),
        ("document/project.py", "import threading", "Documents hold no files and start no threads"),
        ("preview/clock.py", "import pctalk_studio.render.mesh", "Preview knows no engine"),
        ("jobs/runner.py", "import PySide6", "Headless rooms know no Qt"),
    ],
)
def test_each_import_contract_can_fail(tmp_path, module, statement, contract):
    shutil.copytree(PACKAGE, tmp_path / "pctalk_studio", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / "pctalk_studio" / module
    path.write_text(path.read_text() + f"\n{statement}\n")
    result = _lint_imports(tmp_path)
    assert result.returncode != 0
    assert re.search(rf"{re.escape(contract)} BROKEN", result.stdout), result.stdout


def test_a_new_room_must_be_placed(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "pctalk_studio", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "pctalk_studio" / "attic").mkdir()
    (tmp_path / "pctalk_studio" / "attic" / "__init__.py").write_text('"""A room nobody planned."""\n')
    assert _lint_imports(tmp_path).returncode != 0


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_stay_short(path):
    source = path.read_text()
    name = str(path.relative_to(PACKAGE))
    if name not in LONG_FILES:
        assert source.count("\n") <= FILE_LINES, f"{name} is a room to divide"
    for function, lines in function_lengths(source).items():
        if f"{name}:{function}" not in LONG_FUNCTIONS:
            assert lines <= FUNCTION_LINES, f"{name}:{function} has {lines} lines"


def test_exceptions_from_the_length_rule_are_still_needed():
    for name in LONG_FILES:
        assert (PACKAGE / name).read_text().count("\n") > FILE_LINES
    for entry in LONG_FUNCTIONS:
        name, function = entry.split(":")
        assert function_lengths((PACKAGE / name).read_text())[function] > FUNCTION_LINES


def test_function_lengths_are_counted_without_docstring():
    source = 'def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n    return a\n'
    assert function_lengths(source) == {"f": 3}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_says_what_it_is(path):
    doc = ast.get_docstring(ast.parse(path.read_text()))
    assert doc, f"{path.relative_to(PACKAGE)} has no docstring"
    assert "TODO" not in doc
