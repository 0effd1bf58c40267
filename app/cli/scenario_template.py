"""The files of a new plug-in: a family, an offer, its decision table and a test, sound from the first moment."""

from __future__ import annotations

from collections.abc import Mapping

PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "xinyi-scenario-{name}"
version = "1.0.0"
description = "A 信易+ scenario plug-in: {name}"
requires-python = ">=3.11"
dependencies = ["xinyi-plus"]

[project.optional-dependencies]
dev = ["pytest", "hypothesis"]

[project.entry-points."xinyi.scenarios"]
{name} = "{package}:{family}"

[tool.setuptools]
packages = ["{package}"]

[tool.setuptools.package-data]
{package} = ["offers/*.toml", "cases/*.toml"]
"""

MODULE = '''\
"""{family}: the rule, as it would stand on the wall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from app.domain.scenario import Facts, Family, Outcome, Reason
from app.domain.wording import Words


class {family}(Family):
    """From the line on, one at a time without a deposit."""

    code = "{name}"
    version = "1.0"
    reasons: ClassVar[Mapping[str, Words]] = {{
        "has-one-already": Words(
            zh="您手里已有一件，归还后可再借。",
            en="You have one of ours already; bring it back and borrow again.",
        ),
    }}

    def decide(self, facts: Facts) -> Outcome:
        """Asked only when the citizen has opted in, has a score, and owes nothing in this family."""
        if "has-one-already" in facts.declared:
            return self.standard(Reason("has-one-already"))
        return self.from_threshold(facts)
'''

OFFER = """\
city = "xiamen"

[{offer}]
family = "{name}"
version = 1
packs = ["egret"]
name = {{ zh = "免押金借用", en = "Borrow without a deposit" }}
service = {{ zh = "借用照常", en = "Borrowing as for everyone" }}
threshold = 600
benefit = {{ kind = "deposit_waiver", amount_fen = 5000 }}
limits = {{ amount_fen = 5000, service_days = 3, open_orders = 1 }}
basic_public_service = false
valid_from = 2025-01-01
legal_basis = "个人信息保护法第十三条：本人同意"
source = "not published yet"
illustrative = ["threshold", "benefit.amount_fen", "limits", "ordinary_path.price_fen"]

[[{offer}.conditions]]
code = "has-one-already"
text = {{ zh = "我已借了一件", en = "I have borrowed one already" }}

[{offer}.ordinary_path]
text = {{ zh = "按普通方式办理：押金 50 元，归还时退还。", en = "The ordinary way: a deposit of 50 yuan, returned." }}
steps = [
  {{ zh = "在服务台交押金 50 元", en = "Leave 50 yuan at the desk" }},
  {{ zh = "取用", en = "Take it" }},
]
price_fen = 5000
time = {{ zh = "当场办好", en = "At once" }}
"""

CASES = """\
[[case]]
scenario = "{offer}"
why = "on the line"
facts = {{ score = 600 }}
path = "credit"
reasons = ["threshold-reached"]

[[case]]
scenario = "{offer}"
why = "one at a time"
facts = {{ score = 600, declared = ["has-one-already"] }}
path = "standard"
reasons = ["has-one-already"]
"""

TEST = '''\
"""The plug-in keeps the contract of every scenario: pure, neutral, monotone, with an ordinary path."""

from __future__ import annotations

from scenarios.testing import Contract
from {package} import {family}


class Test{family}(Contract):
    """Its offers, its decision table, and facts that hypothesis makes up."""

    family = {family}
'''

README = """\
# xinyi-scenario-{name}

A scenario plug-in of 信易+. The numbers of its offer are illustrative: set your city's own.

    pip install -e '.[dev]'
    pytest                                     # the contract of every scenario
    xinyi scenario try {offer} --score 640     # facts in, the citizen's reasons and the partner's answer out

Platform: docs/how-to-add-a-scenario.md explains each file.
"""


def files(name: str) -> Mapping[str, str]:
    """Path → text of the package for the family `name` (lower-case letters, digits, hyphens)."""
    package = f"xinyi_scenario_{name.replace('-', '_')}"
    family = "".join(word.capitalize() for word in name.split("-"))
    said = {"name": name, "package": package, "family": family, "offer": f"xm-{name}"}
    templates = {
        "pyproject.toml": PYPROJECT,
        "README.md": README,
        f"{package}/__init__.py": MODULE,
        f"{package}/offers/xiamen.toml": OFFER,
        f"{package}/cases/{name}.toml": CASES,
        f"tests/test_{package}.py": TEST,
    }
    return {path: template.format(**said) for path, template in templates.items()}
