"""The texts of the reason codes that every scenario family may use; a family brings those of its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.wording import Words

REASONS: Mapping[str, Words] = MappingProxyType(
    {
        "threshold-reached": Words(
            zh="您有 {score} 分，达到公布的 {threshold} 分。",
            en="You have {score} points; the published line is {threshold}.",
        ),
        "threshold-ahead": Words(
            zh="您有 {score} 分，公布的是 {threshold} 分；分数解释里写着怎样能增加。",
            en="You have {score} points; the published line is {threshold}. The explanation says what adds to it.",
        ),
        "person-decided": Words(
            zh="您申请过人工复核，工作人员决定：这项服务您可以享受。",
            en="You asked for a person to look, and they decided: this service is open to you.",
        ),
        "score-pending": Words(
            zh="您的分数还在计算，稍后再试。",
            en="Your score is still being calculated; try again soon.",
        ),
        "not-enrolled": Words(
            zh="您没有开通信用分，开通与否由您决定。",
            en="You have not opted in to a score; whether you do is up to you.",
        ),
        "chose-ordinary-way": Words(
            zh="您为这项服务选择了普通方式。",
            en="You chose the ordinary way for this service.",
        ),
        "condition-open": Words(
            zh="用信用方式前需要您在场景页确认条件，您还没有确认。",
            en="The credit way needs a word of yours on the scenario's page, which you have not given yet.",
        ),
        "order-unpaid": Words(
            zh="同类服务有一笔订单待付，付清后即恢复。",
            en="An order of this kind is waiting to be paid; it opens again once it is.",
        ),
        "other-city": Words(
            zh="这项服务使用另一座城市的信用分。",
            en="This service reads the score of another city.",
        ),
        "offer-not-open": Words(
            zh="这项服务今天没有开放。",
            en="This service is not open today.",
        ),
        "rule-unavailable": Words(
            zh="规则暂时不能运行，我们已收到报告。",
            en="The rule could not run just now; we have been told.",
        ),
    }
)
