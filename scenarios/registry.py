"""The scenario registry: every offer with its rule. One broken plug-in never changes the answer of another."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

from app.domain.errors import Refusal
from app.domain.offer import Offer, OfferError
from app.domain.reasons import REASONS
from app.domain.scenario import Facts, Family, Outcome, Reason, gates, with_word
from app.domain.scenario import Path as Way
from app.domain.wording import Words
from scenarios import offer_files, plugins
from scenarios.plugins import Fault, PluginError

log = logging.getLogger(__name__)

RETIRED = Words(zh="当时使用的规则已经停用（{code}）。", en="The rule used at the time is no longer in use ({code}).")


class Registry:
    """Scenarios by code, and `faults`: what was left out, and why."""

    def __init__(self, scenarios: Mapping[str, Family], faults: Iterable[Fault] = ()) -> None:
        self._scenarios = dict(sorted(scenarios.items()))
        self.faults = tuple(faults)

    def __contains__(self, code: object) -> bool:
        return code in self._scenarios

    def offer(self, code: str) -> Offer:
        """The offer of this code; raises Refusal `scenario-unknown`."""
        return self._scenario(code).offer

    def offers(self, *, pack: str | None = None) -> tuple[Offer, ...]:
        """Every offer in order of code, or those that read this pack."""
        every = (scenario.offer for scenario in self._scenarios.values())
        return tuple(offer for offer in every if pack is None or pack in offer.packs)

    def decide(self, code: str, facts: Facts) -> Outcome:
        """The outcome: behind a closed gate or a broken rule always the ordinary path. Raises as `offer` does."""
        scenario = self._scenario(code)
        if closed := gates(scenario.offer, facts):
            return Outcome(Way.STANDARD, None, closed)
        outcome, lifted = self._asked(scenario, facts), with_word(scenario.offer, facts)
        if outcome.path is Way.STANDARD and lifted and self._asked(scenario, lifted).path is Way.CREDIT:
            return scenario.credit(Reason("person-decided"))
        return outcome

    def _asked(self, scenario: Family, facts: Facts) -> Outcome:
        try:
            return _sound(scenario, scenario.decide(facts))
        except Exception as fault:  # whatever foreign code raises, the ordinary path is there
            log.error("scenario %s: %s", scenario.offer.code, _told(fault))
            return Outcome(Way.STANDARD, None, (Reason("rule-unavailable"),))

    @property
    def homes(self) -> tuple[Path, ...]:
        """The folders of the plug-ins, where their offers and cases are."""
        return tuple(dict.fromkeys(plugins.home(type(scenario)) for scenario in self._scenarios.values()))

    def rule(self, code: str) -> str:
        """Family, its version and the offer's: what decided."""
        scenario = self._scenario(code)
        return f"{scenario.code} {scenario.version}, offer {scenario.offer.version}"

    def explain(self, code: str, reason: Reason) -> Words:
        """A reason in plain words, for the citizen; also one whose scenario is gone."""
        own = self._scenarios[code].reasons if code in self else {}
        text = REASONS.get(reason.code) or own.get(reason.code) or RETIRED
        return text.filled({"code": reason.code, **reason.params})

    def _scenario(self, code: str) -> Family:
        if code not in self._scenarios:
            raise Refusal("scenario-unknown", field="/scenario")
        return self._scenarios[code]


def build(built_in: Iterable[type[Family]], entry_points: Iterable[EntryPoint]) -> Registry:
    """The registry of these plug-ins; every fault is logged and kept in `faults`, none is raised."""
    families, faults = plugins.families(built_in, entry_points)
    scenarios: dict[str, Family] = {}
    for folder in dict.fromkeys(plugins.home(family) / "offers" for family in families.values()):
        for path in sorted(folder.glob("*.toml")):
            faults += _add_file(path, families, scenarios)
    for fault in faults:
        log.error("%s", fault)
    return Registry(scenarios, faults)


def _add_file(path: Path, families: Mapping[str, type[Family]], scenarios: dict[str, Family]) -> list[Fault]:
    faults = []
    source = f"offers in {path.parent.parent.name}/{path.name}"
    try:
        for code, offer in offer_files.read(path):
            try:
                _add(code, offer, families, scenarios)
            except Exception as fault:  # a plug-in's constructor is foreign code
                faults.append(Fault(source, f"{code}: {fault}"))
    except OfferError as fault:
        faults.append(Fault(source, str(fault)))
    return faults


def _add(
    code: str, offer: Offer | OfferError, families: Mapping[str, type[Family]], scenarios: dict[str, Family]
) -> None:
    if isinstance(offer, OfferError):
        raise offer
    if code in scenarios:
        raise PluginError(f"the scenario is already there, from {scenarios[code].__module__}")
    if offer.family not in families:
        raise PluginError(f"no plug-in for the family {offer.family!r}")
    scenarios[code] = families[offer.family](offer)


def _told(fault: Exception) -> str:
    # The message of a foreign exception may hold the facts of a person; its type and place do not.
    place = traceback.extract_tb(fault.__traceback__)[-1]
    told = str(fault) if isinstance(fault, PluginError) else type(fault).__name__
    return f"decide: {told} ({Path(place.filename).name}:{place.lineno})"


def _sound(scenario: Family, outcome: object) -> Outcome:
    """The outcome of foreign code, once it is seen to keep to its offer."""
    if not isinstance(outcome, Outcome):
        raise PluginError("decide must return an Outcome")
    if outcome.benefit != (scenario.offer.benefit if outcome.path == Way.CREDIT else None):
        raise PluginError("the benefit is the offer's, whole, and on the credit path alone")
    for reason in outcome.reasons:
        text = REASONS.get(reason.code) or scenario.reasons[reason.code]
        text.filled(reason.params)
    return Outcome(Way(outcome.path), outcome.benefit, tuple(outcome.reasons))
