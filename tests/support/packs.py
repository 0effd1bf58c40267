"""A small pack whose numbers can be added up by hand, and records for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from app.domain.pack import Pack
from app.domain.pack_file import parse_pack
from app.domain.record import Record

TINY = """
code = "tiny"
version = 1
name_zh = "小样分"
name_en = "Tiny score"
city = "tinytown"
city_name_zh = "小样"
city_name_en = "Tinytown"
illustrative = true
base = 500
min = 0
max = 1000

[[grades]]
code = "starting"
name_zh = "起步"
name_en = "Starting"
from_points = 0

[[grades]]
code = "ordinary"
name_zh = "一般"
name_en = "Ordinary"
from_points = 450

[[dimensions]]
code = "identity"
name_zh = "身份"
name_en = "Identity"
scored = false
reason_zh = "只用于认人"
reason_en = "Only tells people apart"

[[dimensions]]
code = "good"
name_zh = "守信正向"
name_en = "Good conduct"
floor = 0
ceiling = 25

[[dimensions.indicators]]
code = "giving"
name_zh = "奉献"
name_en = "Giving"
floor = 0
ceiling = 20
age = [[0, 100], [12, 50], [24, 0]]

[[dimensions.indicators.items]]
code = "donation"
name_zh = "无偿献血"
name_en = "Blood donation"
kind = "positive"
basis_zh = "本人授权"
basis_en = "The holder's consent"
sources = ["blood_center"]
disclosure = "authorised"
retention_months = 60
centipoints = 733

[[dimensions.indicators]]
code = "books"
name_zh = "借阅"
name_en = "Books"
floor = 0
ceiling = 10
age = [[0, 100]]

[[dimensions.indicators.items]]
code = "book"
name_zh = "按期归还"
name_en = "Book returned"
kind = "positive"
basis_zh = "本人授权"
basis_en = "The holder's consent"
sources = ["library"]
disclosure = "authorised"
retention_months = 24
centipoints = 150

[[dimensions]]
code = "law"
name_zh = "遵纪守法"
name_en = "Law-abiding"
floor = -600
ceiling = 0

[[dimensions.indicators]]
code = "penalties"
name_zh = "行政处罚"
name_en = "Penalties"
floor = -600
ceiling = 0
age = [[0, 100], [6, 33]]

[[dimensions.indicators.items]]
code = "penalty"
name_zh = "行政处罚"
name_en = "Penalty"
kind = "adverse"
legal_class = "serious"
basis_zh = "处罚决定书"
basis_en = "The decision"
sources = ["market_supervision"]
disclosure = "public"
retention_months = 36
centipoints = -4001
"""
"""Base 500; donations 7.33 each up to 20, books 1.50 each up to 10, both up to 25; penalties -40.01 each."""


def tiny_pack() -> Pack:
    """The pack of `TINY`."""
    return parse_pack(TINY)


def a_record(number: int, item: str, event_on: date, **said: Any) -> Record:
    """Record `number` of `item`, effective on the day it happened, with anything else as `said`."""
    return replace(Record(f"rec_{number}", item, event_on, effective_on=event_on), **said)
