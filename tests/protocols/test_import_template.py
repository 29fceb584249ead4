"""The command: one line of JSON, or one line a problem and nothing changed."""

import json

import pytest
from django.core.management import CommandError, call_command

from protocols.models import Template, TemplateVersion

TEXT = "# Introduction\n\nFor (Name of Borough) and its board.\n\n# Duties\n\n- attend\n- share\n"


def test_a_file_becomes_a_draft(world, tmp_path, capsys):
    file = tmp_path / "protocol.md"
    file.write_text(TEXT)
    call_command("import_template", str(file), area="london", name="London protocol")
    read = json.loads(capsys.readouterr().out)
    assert read == {"template": "LON-T-2026-001", "version": 1, "clauses": 2, "merge_fields": 1} | {
        "words": read["words"]
    }
    assert TemplateVersion.objects.get(template__name="London protocol").is_draft


@pytest.mark.parametrize(
    "name, content, area, said",
    [
        ("gone.md", None, "london", "No such file"),
        ("empty.md", "", "london", "The file is empty"),
        ("a.docx", "not a Word file", "london", "The file is damaged"),
        ("a.md", TEXT, "nowhere", "There is no area “nowhere”. Areas here: london, west-yorkshire."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(world, tmp_path, name, content, area, said):
    file = tmp_path / name
    if content is not None:
        file.write_text(content)
    with pytest.raises(CommandError, match=said):
        call_command("import_template", str(file), area=area)
    assert not Template.objects.exists()


def test_what_to_look_at_is_printed_beside_the_result(world, tmp_path, capsys):
    file = tmp_path / "protocol.md"
    file.write_text("# Duties\n\nTelephone: TBC\n")
    call_command("import_template", str(file), area="london", name="London protocol")
    printed = capsys.readouterr()
    assert "does not say where the borough's name goes" in printed.err
    assert "Clause 1 still says “TBC”" in printed.err
    assert json.loads(printed.out)["version"] == 1


def test_the_next_version_of_a_known_template_is_said(world, tmp_path, capsys):
    name = world.template().template.name
    file = tmp_path / "protocol.md"
    file.write_text(TEXT)
    call_command("import_template", str(file), area="london", name=name.upper())
    assert f"“{name}” exists already: this is its version 2" in capsys.readouterr().err


def test_a_second_import_waits_for_the_first_draft(world, tmp_path):
    file = tmp_path / "protocol.md"
    file.write_text(TEXT)
    call_command("import_template", str(file), area="london")
    with pytest.raises(CommandError, match="has a draft already"):
        call_command("import_template", str(file), area="london")
