"""The scenario registry: every offer with its rule. One broken plug-in never changes the answer of another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

from app.domain.errors import Refusal
from app.domain.offer import Offer, OfferError
from app.domain.reasons import REASONS
from app.domain.scenario import Facts, Family, Outcome, Reason, gates, with_word
from app.domain.scenario import Path as Way
from app.domain.wording import Words
from scenarios import offer_files, plugins
from scenarios.asking import Scenario, scenario_of
from scenarios.lanes import Lane
from scenarios.plugins import Fault, Plugin, PluginError

log = logging.getLogger(__name__)

RETIRED = Words(zh="当时使用的规则已经停用（{code}）。", en="The rule used at the time is no longer in use ({code}).")


class Registry:
    """Scenarios by code. `plugins` are the families by code, which offers published later may name too."""

    def __init__(
        self, plugins: Mapping[str, Plugin], scenarios: Mapping[str, Scenario], faults: Iterable[Fault] = ()
    ) -> None:
        self._plugins = dict(plugins)
        self._scenarios = dict(sorted(scenarios.items()))
        self._left_out = tuple(faults)

    def __contains__(self, code: object) -> bool:
        return code in self._scenarios

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What was left out and why, and the rules that rest because they were late."""
        resting = (Fault(one.source, one.lane.fault) for one in self._plugins.values() if one.lane and one.lane.fault)
        return (*self._left_out, *resting)

    @property
    def families(self) -> tuple[str, ...]:
        """The codes of the families that an offer may name."""
        return tuple(sorted(self._plugins))

    def renewed(self, offers: Iterable[Offer]) -> Registry:
        """This registry with `offers` in the place of those of the same code, or beside them; this one stays as it is.

        An offer that cannot be used, such as one whose family is not installed, is a fault and changes nothing.
        """
        scenarios, faults = dict(self._scenarios), list(self._left_out)
        for offer in offers:
            if offer.code in self and self.offer(offer.code) == offer:
                continue
            try:
                scenarios[offer.code] = _made(offer, self._plugins)
            except (Exception, SystemExit) as fault:  # a plug-in's constructor is foreign code
                faults.append(Fault(f"offer {offer.code} version {offer.version}", _problem(fault)))
        return Registry(self._plugins, scenarios, faults)

    def offer(self, code: str) -> Offer:
        """The offer of this code; raises Refusal `scenario-unknown`."""
        return self.scenario(code).offer

    def offers(self, *, pack: str | None = None) -> tuple[Offer, ...]:
        """Every offer in order of code, or those that read this pack."""
        every = (scenario.offer for scenario in self._scenarios.values())
        return tuple(offer for offer in every if pack is None or pack in offer.packs)

    def decide(self, code: str, facts: Facts) -> Outcome:
        """The outcome: behind a closed gate or a broken rule always the ordinary path. Raises as `offer` does."""
        scenario = self.scenario(code)
        if closed := gates(scenario.offer, facts):
            return Outcome(Way.STANDARD, None, closed)
        outcome, lifted = scenario.ask(facts), with_word(scenario.offer, facts)
        if outcome.path is Way.STANDARD and lifted and scenario.ask(lifted).path is Way.CREDIT:
            return Outcome(Way.CREDIT, scenario.offer.benefit, (Reason("person-decided"),))
        return outcome

    @property
    def homes(self) -> tuple[Path, ...]:
        """The folders of the plug-ins, where their offers and cases are."""
        return tuple(dict.fromkeys(scenario.plugin.home for scenario in self._scenarios.values()))

    def rule(self, code: str) -> str:
        """Family, its version and the offer's: what decided."""
        scenario = self.scenario(code)
        return f"{scenario.plugin.code} {scenario.plugin.version}, offer {scenario.offer.version}"

    def explain(self, code: str, reason: Reason) -> Words:
        """A reason in plain words, for the citizen; also one whose scenario is gone."""
        own = self._scenarios[code].plugin.reasons if code in self else {}
        text = REASONS.get(reason.code) or own.get(reason.code) or RETIRED
        return text.filled({"code": reason.code, **reason.params})

    def scenario(self, code: str) -> Scenario:
        """The offer of this code with its rule; raises Refusal `scenario-unknown`."""
        if code not in self._scenarios:
            raise Refusal("scenario-unknown", field="/scenario")
        return self._scenarios[code]


def build(
    built_in: Iterable[type[Family]], entry_points: Iterable[EntryPoint], *, lanes: Callable[[], Lane | None] = Lane
) -> Registry:
    """The registry of these plug-ins; every fault is logged and kept in `faults`, none is raised.

    `lanes` makes the lane of each foreign plug-in; one that makes None lets all answer in place, as in a test of one.
    """
    known, faults = plugins.found(built_in, entry_points, lanes)
    scenarios: dict[str, Scenario] = {}
    for folder in dict.fromkeys(plugin.home / "offers" for plugin in known.values()):
        for path in sorted(folder.glob("*.toml")):
            faults += _add_file(path, known, scenarios)
    for fault in faults:
        log.error("%s", fault)
    return Registry(known, scenarios, faults)


def _add_file(path: Path, known: Mapping[str, Plugin], scenarios: dict[str, Scenario]) -> list[Fault]:
    faults = []
    source = f"offers in {path.parent.parent.name}/{path.name}"
    try:
        for code, offer in offer_files.read(path):
            try:
                _add(code, offer, known, scenarios)
            except (Exception, SystemExit) as fault:  # a plug-in's constructor is foreign code
                faults.append(Fault(source, f"{code}: {_problem(fault)}"))
    except (OfferError, RecursionError) as fault:
        faults.append(Fault(source, str(fault)))
    return faults


def _add(code: str, offer: Offer | OfferError, known: Mapping[str, Plugin], scenarios: dict[str, Scenario]) -> None:
    if isinstance(offer, OfferError):
        raise offer
    if code in scenarios:
        raise PluginError(f"the scenario is already there, from {scenarios[code].plugin.family.__module__}")
    scenarios[code] = _made(offer, known)


def _made(offer: Offer, known: Mapping[str, Plugin]) -> Scenario:
    if offer.family not in known:
        raise PluginError(f"no plug-in for the family {offer.family!r}")
    return scenario_of(offer, known[offer.family])


def _problem(fault: BaseException) -> str:
    return str(fault) if isinstance(fault, (PluginError, OfferError)) else f"{type(fault).__name__}: {fault}"
