"""Asking one rule: what foreign code answers is taken apart and put together anew, so that nothing else comes of it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from app.domain.offer import Offer
from app.domain.reasons import REASONS
from app.domain.scenario import Facts, Family, Outcome, Reason
from app.domain.scenario import Path as Way
from app.domain.wording import Words
from scenarios.lanes import MAKING_SECONDS, Escaped, Late, Resting
from scenarios.plugins import Plugin, PluginError

log = logging.getLogger(__name__)

MOST_REASONS = 10
FORGOTTEN = Outcome(Way.STANDARD, None, (Reason("condition-open"),))
UNAVAILABLE = Outcome(Way.STANDARD, None, (Reason("rule-unavailable"),))


@dataclass(frozen=True, slots=True)
class Scenario:
    """An offer, and the rule of its plug-in, which was made with the offer and is never trusted to have kept it."""

    offer: Offer
    plugin: Plugin
    rule: Family

    def ask(self, facts: Facts) -> Outcome:
        """The rule's outcome; the ordinary path where it raises, is late, answers anything unsound, or forgets that
        the citizen has not declared what the offer needs.
        """
        outcome = self._asked(facts)
        return FORGOTTEN if outcome.path is Way.CREDIT and self.offer.needed - facts.declared else outcome

    def _asked(self, facts: Facts) -> Outcome:
        try:
            if self.plugin.lane is None:
                return _sound(self, self.rule.decide(facts))
            return self.plugin.lane.ask(lambda: _sound(self, self.rule.decide(replace(facts))))
        except Resting:
            return UNAVAILABLE
        except Late:
            log.error("scenario %s: decide was over its budget and rests", self.offer.code)
        except Exception as fault:  # whatever foreign code raises, the ordinary path is there
            log.error("scenario %s: %s", self.offer.code, _told(fault))
        return UNAVAILABLE


def scenario_of(offer: Offer, plugin: Plugin) -> Scenario:
    """The rule of `plugin` for this offer; raises whatever the plug-in's constructor raises, PluginError if late."""
    if plugin.lane is None:
        return Scenario(offer, plugin, plugin.family(offer))
    own = deepcopy(offer)
    try:  # a version that is published meets the constructor while the city is served
        return Scenario(offer, plugin, plugin.lane.ask(lambda: plugin.family(own), MAKING_SECONDS))
    except (Late, Resting):
        raise PluginError(f"making its rule took longer than {MAKING_SECONDS} s") from None


def _told(fault: Exception) -> str:
    # The message of a foreign exception may hold the facts of a person; its type and place do not.
    places = traceback.extract_tb(fault.__traceback__)
    told = str(fault) if isinstance(fault, (PluginError, Escaped)) else type(fault).__name__
    return f"decide: {told} ({Path(places[-1].filename).name}:{places[-1].lineno})"


def _sound(scenario: Scenario, outcome: object) -> Outcome:
    """The outcome of foreign code, once it is seen to keep to its offer: made of our values alone."""
    offer = scenario.offer
    if not isinstance(outcome, Outcome):
        raise PluginError("decide must return an Outcome")
    path = Way(outcome.path)
    given = offer.benefit if path is Way.CREDIT else None
    if type(outcome.benefit) is not type(given) or outcome.benefit != given:
        raise PluginError("the benefit is the offer's, whole, and on the credit path alone")
    reasons = tuple(_reason(reason, scenario.plugin.reasons) for reason in islice(outcome.reasons, MOST_REASONS))
    if not reasons:
        raise PluginError("an outcome needs a reason for the citizen")
    return Outcome(path, given, reasons)


def _reason(reason: Any, own: Mapping[str, Words]) -> Reason:
    if not isinstance(reason, Reason):
        raise PluginError("reasons must be Reasons")
    text = REASONS.get(reason.code) or own.get(reason.code)
    if text is None:
        raise PluginError("a reason has no text: name it in `reasons`")
    params = dict(reason.params)
    if any(type(name) is not str or type(number) is not int for name, number in params.items()):
        raise PluginError("the params of a reason are whole numbers by name")
    text.filled(params)
    return Reason(str(reason.code), params)
