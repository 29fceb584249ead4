"""Reading a protocol out of a Word or Markdown file: bytes in, clauses out; nothing is stored."""

from pathlib import PurePath

from protocols.importer.clauses import ImportedClause, ImportedProtocol, build
from protocols.importer.docx import read_docx
from protocols.importer.markdown import read_markdown

__all__ = ["ImportedClause", "ImportedProtocol", "read_protocol"]


def read_protocol(data: bytes, filename: str) -> ImportedProtocol:
    name = PurePath(filename.replace("\\", "/"))
    read = read_docx if name.suffix.lower() == ".docx" else read_markdown
    return build(read(data), name.stem.replace("-", " ").replace("_", " ").strip() or "Protocol")
