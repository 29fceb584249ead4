"""``./portal lint``: style, import rules, security patterns and types, one line for each that passes."""

import re
import subprocess
import sys
from pathlib import Path

TOOLS = {
    "ruff": ("-m", "ruff", "check", "."),
    "format": ("-m", "ruff", "format", "--check", "."),
    "imports": ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    "bandit": (
        "-m",
        "bandit",
        "-q",
        "-r",
        ".",
        "-c",
        "pyproject.toml",
        "--severity-level",
        "medium",
        "--confidence-level",
        "medium",
    ),
    "mypy": ("-m", "mypy"),
}
UNSAFE = {  # ways around escaping and around the query language (assurance D2)
    ".py": re.compile(r"\bmark_safe\(|\bSafeString\(|\.raw\(|\.extra\(|\bRawSQL\("),
    ".html": re.compile(r"\|\s*safe\b|\|\s*safeseq\b|{%\s*autoescape\s+off"),
}
SKIPPED = {
    ".venv",
    ".git",
    ".portal",
    "node_modules",
    "staticfiles",
    "tests",
}  # tests may try what is forbidden


def main(top: Path) -> int:
    failed = [name for name, arguments in TOOLS.items() if not _passes(name, arguments, top)]
    failed += ["unsafe"] if _unsafe(top) else []
    print(f"lint: {', '.join(failed)} failed" if failed else "lint: all passed")
    return 1 if failed else 0


def _passes(name, arguments, top):
    done = subprocess.run([sys.executable, *arguments], cwd=top, capture_output=True, text=True)
    if done.returncode:
        print(f"{name}:\n{done.stdout}{done.stderr}".rstrip())
    return done.returncode == 0


def _unsafe(top):
    found = False
    for path in sorted(top.rglob("*")):
        pattern = UNSAFE.get(path.suffix)
        if not pattern or SKIPPED & set(path.parts) or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if pattern.search(line) and "# nosec" not in line:  # one that is explained, to bandit too
                print(f"unsafe: {path.relative_to(top)}:{number}: {line.strip()}")
                found = True
    return found
