"""The rules of the house, read from the source: imports, sizes, wording, packaging, locks."""

import ast
import re
import string
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.wording import LANGS, phrases

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "core": set[str](),
    "db": {"core"},
    "prompts": {"core", "db"},
    "tools": {"core", "db", "prompts"},
    "agent": {"core", "db", "prompts", "tools"},
    "jobs": {"core", "db", "tools"},
    "evals": {"core", "db", "prompts", "tools", "agent"},
    "connectors": {"core", "db"},
    "web": {"core", "db"},
}
MOST_LINES, MOST_IN_FUNCTION = 400, 60
RAW_SQL = {"db/engine.py", "connectors/records/sql.py"}
"""Below the scope, and where the database is someone else's."""
SETS_ENVIRONMENT = {"agent/tracing.py"}
"""Turns the libraries' reporting off, which only the environment can."""
SEES_EVERYTHING = {"db", "agent", "connectors", "evals", "jobs", "web", "server.py"}
CHINESE = re.compile("[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
TREES = {
    file.relative_to(ROOT): ast.parse(file.read_text(encoding="utf-8"))
    for top in (*MAY_IMPORT, "bench", "tests", "server.py")
    for file in sorted((ROOT / top).rglob("*.py") if (ROOT / top).is_dir() else [ROOT / top])
}
PRODUCT = {file: tree for file, tree in TREES.items() if file.parts[0] in {*MAY_IMPORT, "server.py"}}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = {path.parent.relative_to(ROOT) for top in MAY_IMPORT for path in (ROOT / top).rglob("__init__.py")}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
            yield node


def _constants(tree: ast.AST) -> Iterator[ast.Constant]:
    """String constants that are not docstrings."""
    loose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in loose:
            yield node


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_run_one_way(package: str) -> None:
    ours = {*MAY_IMPORT, "server", "bench", "tests"}
    allowed = MAY_IMPORT[package] | {package}
    wrong = [
        f"{file}: {name}"
        for file, tree in PRODUCT.items()
        if file.parts[0] == package
        for name in _imports(tree)
        if name.partition(".")[0] in ours - allowed
    ]
    assert wrong == []


def test_imports_are_absolute() -> None:
    relative = [
        str(file)
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_files_are_short() -> None:
    long = {str(file): lines for file in TREES if (lines := len((ROOT / file).read_text().splitlines())) > MOST_LINES}
    assert long == {}


def test_functions_are_short() -> None:
    long = [
        f"{file}: {function.name} ({lines})"
        for file, tree in TREES.items()
        if file.parts[0] != "tests"
        for function in _functions(tree)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_IN_FUNCTION
    ]
    assert long == []


def test_no_chinese_is_written_in_python() -> None:
    found = [
        f"{file}:{node.lineno}"
        for file, tree in TREES.items()
        if file.parts[0] != "tests"
        for node in _constants(tree)
        if CHINESE.search(str(node.value))
    ]
    assert found == []


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        str(file)
        for file, tree in PRODUCT.items()
        if str(file) not in SETS_ENVIRONMENT
        for node in ast.walk(tree)
        if isinstance(node, (ast.Attribute, ast.Name))
        and (getattr(node, "attr", "") or getattr(node, "id", "")) in ("environ", "getenv")
    ]
    assert readers == []


def test_only_the_clock_tells_the_time() -> None:
    asking = [
        f"{file}:{call.lineno}"
        for file, tree in PRODUCT.items()
        if file != Path("core/clock.py")
        for name in ("now", "today", "utcnow")
        for call in _calls(tree, name)
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") in ("datetime", "date", "dt")
    ]
    assert asking == []


def test_sql_is_written_by_hand_only_below_the_scope() -> None:
    raw = [
        f"{file}:{call.lineno}"
        for file, tree in PRODUCT.items()
        if str(file) not in RAW_SQL and not file.is_relative_to("db/migrations")
        for name in ("text", "exec_driver_sql", "literal_column")
        for call in _calls(tree, name)
        if name == "exec_driver_sql" or "sqlalchemy" in {top.partition(".")[0] for top in _imports(tree)}
        if isinstance(call.func, ast.Name) or name == "exec_driver_sql"
    ]
    assert raw == []


def test_capabilities_never_see_everything() -> None:
    names = {"system_session", "SYSTEM"}
    wrong = [
        str(file)
        for file, tree in PRODUCT.items()
        if file.parts[0] not in SEES_EVERYTHING
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and names & {alias.name for alias in node.names}
    ]
    assert wrong == []


IMPORT_ALL = """
import importlib, os, sys, threading
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.mkdir"):
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
if threading.active_count() > 1:
    raise SystemExit("an import started a thread")
"""


def test_importing_does_nothing(tmp_path: Path) -> None:
    files = [file for file in PRODUCT if file != Path("db/migrations/env.py")]
    names = [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in files]
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{IMPORT_ALL}"
    command = [sys.executable, "-W", "ignore", "-c", script, *names]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_every_package_is_listed_and_exists() -> None:
    listed = {Path(*name.split(".")) for name in PROJECT["tool"]["setuptools"]["packages"]}
    folders = {file.parent for file in PRODUCT if len(file.parts) > 1}
    assert listed == PACKAGES
    assert folders <= PACKAGES


def test_every_data_file_is_packaged() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    packed = {
        found
        for package in PACKAGES
        for pattern in [*patterns["*"], *patterns.get(".".join(package.parts), [])]
        for found in (ROOT / package).glob(pattern)
    }
    data = {
        file
        for top in MAY_IMPORT
        for file in (ROOT / top).rglob("*")
        if file.is_file() and file.suffix != ".py" and "__pycache__" not in file.parts
    }
    assert sorted(data - packed) == []


def _parameters(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_phrase_is_in_both_languages_with_the_same_parameters() -> None:
    shapes = [{key: _parameters(text) for key, text in phrases(lang).items()} for lang in LANGS]
    assert shapes[0] == shapes[1]


def test_no_phrase_is_empty() -> None:
    assert [key for lang in LANGS for key, text in phrases(lang).items() if not text.strip()] == []


def test_every_phrase_that_is_asked_for_exists() -> None:
    missing = {
        f"{file}: {key.value!r}"
        for file, tree in PRODUCT.items()
        for call in _calls(tree, "say")
        if call.args and isinstance(key := call.args[0], ast.Constant) and key.value not in phrases("en")
    }
    assert missing == set()


def test_every_error_has_words() -> None:
    codes = {
        (str(file), statement.value.value)
        for file, tree in PRODUCT.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and isinstance(statement.value, ast.Constant)
        if "code" in {getattr(target, "id", "") for target in _targets(statement)}
    }
    assert [code for code in sorted(codes) if f"errors.{code[1]!s}" not in phrases("en")] == []


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_locks_are_exact_and_name_no_host(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert "://" not in lock
    assert "--index" not in lock
    assert [line for line in lines if not re.match(r"[\w.\[\]-]+==[\w.+!]+", line)] == []
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", lock) if "==" in block)
