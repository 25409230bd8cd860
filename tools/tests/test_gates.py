"""The gates find what they are there to find."""

import sys
from pathlib import Path

import polib
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import check_install_log
import check_lifecycle
import check_style
import check_translations
import host_lint

SMELLS = [
    ("m.py", "class A:\n    _sql_constraints = []\n", "CRM101"),
    ("m.py", "class A:\n    _name = 'a'\n", "CRM102"),
    ("m.py", "class A:\n    partner = fields.Many2one('res.partner')\n", "CRM103"),
    ("m.py", "class A:\n    def create(self, vals):\n        pass\n", "CRM106"),
    ("m.py", "class A:\n    def f(self):\n        return self.sudo()\n", "CRM109"),
    ("m.py", "import datetime\nD = datetime.date.today()\n", "CRM118"),
    ("m.py", "x = 1\n" * 401, "CRM119"),
    ("m.js", "x = 1;\n" * 401, "CRM119"),
    ("v.xml", "<odoo><tree/></odoo>", "CRM120"),
    ("v.xml", '<field name="view_mode">tree,form</field>', "CRM120"),
    ("ir.model.access.csv", "id,group_id:id\na,\n", "CRM121"),
]


@pytest.mark.parametrize(("name", "text", "code"), SMELLS)
def test_style_finds(tmp_path, name, text, code):
    (tmp_path / name).write_text(text)
    assert [code] == [line.split()[1] for line in check_style.check_root(tmp_path)]


def test_style_accepts_a_written_reason(tmp_path):
    line = "        return self.sudo()  # style: CRM109 the token was checked\n"
    (tmp_path / "m.py").write_text(f"class A:\n    def f(self):\n{line}")
    assert list(check_style.check_root(tmp_path)) == []


def test_style_finds_tests_that_never_run(tmp_path):
    tours = tmp_path / "static" / "tests" / "tours"
    tours.mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "README.md").touch()
    (tmp_path / "__manifest__.py").write_text("{}")
    (tmp_path / "tests" / "__init__.py").write_text("from . import test_a\n")
    (tmp_path / "tests" / "test_a.py").touch()
    (tmp_path / "tests" / "test_b.py").touch()
    tour = 'registry.category("web_tour.tours").add("my_tour", {});\n'
    (tours / "my_tour.js").write_text(tour)
    codes = [line.split()[1] for line in check_style.check_root(tmp_path)]
    assert codes == ["CRM122", "CRM123"]


def test_install_log_spares_the_host_only():
    stamp = "2026-01-01 10:00:00,123 7 WARNING db py.warnings: "
    host = stamp + "/x/site-packages/werkzeug/urls.py:1: DeprecationWarning: old"
    ours = stamp + "/x/addons/crm_strategy/models/a.py:1: DeprecationWarning: old"
    assert check_install_log.findings(host) == []
    assert len(check_install_log.findings(ours)) == 1


def test_lifecycle_names_what_is_left_and_what_is_gone():
    before, after = {"tables": {("a",), ("b",)}}, {"tables": {("b",), ("c",)}}
    assert check_lifecycle.compare(before, after) == {
        "tables": ["left behind: ('c',)", "missing: ('a',)"]
    }


@pytest.mark.parametrize(
    ("term", "translation", "problem"),
    [
        ("Customers", "客户", None),
        ("Customers", "", "not translated"),
        ("Customers", "Customers", "same as the English term"),
        ("%(n)s customers", "客户", "other placeholders than the English term"),
        ("RFM", "", None),
    ],
)
def test_translations(term, translation, problem):
    source = polib.POEntry(msgid=term)
    translated = polib.POEntry(msgid=term, msgstr=translation)
    assert check_translations.check_entry(source, translated, {"RFM"}) == problem


INDEX = """\
2026-01-01 10:00:00,123 7 ERROR db odoo.addons.test_lint: FAIL: TestIndex
AssertionError: The following fields should be indexed with a btree index,
"""


@pytest.mark.parametrize(
    ("finding", "is_ours"),
    [
        ("sale.order.team_id (inverse of crm.team.order_ids)", False),
        ("crm.segment.membership.partner_id (inverse of res.partner.x_ids)", True),
        ("sale.order.x_id (inverse of crm.segment.order_ids)", True),
        ("sale.order.crm_x_id (inverse of sale.order.y_ids)", True),
        ("crm.measure.value.measure_id (inverse of crm.measure.value_ids)", False),
        ('File "/x/addons/crm_service/models/a.py", line 1', True),
        ("/x/addons/crm/models/crm_lead.py:1", False),
    ],
)
def test_host_lint_knows_what_is_ours(finding, is_ours):
    assert host_lint.concerns_us(f"{INDEX}{finding}\n") is is_ours
