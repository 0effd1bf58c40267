"""A foreign rule is asked on a thread of its own, for a moment: who asks never waits longer than the published budget.

What is over its budget is stopped where Python can stop it, answered by the ordinary path, and not asked again for a
while. Python cannot take the processor or the memory away from a rule that keeps them in native code: until its
process ends, such a rule costs the others time, and never their answers.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, TypeVar

Answer = TypeVar("Answer")
Question = tuple[Callable[[], Any], "Future[Any]"]

BUDGET_SECONDS = 0.25
"""How long a rule may take: thousands of times what an honest one needs, and little to someone at a counter."""
MAKING_SECONDS = 3.0
"""How long making a rule for an offer may take: once a version, so that a busy machine leaves none out."""
REST_SECONDS, LONGEST_REST_SECONDS = 60.0, 3600.0
"""How long a rule that was late is left alone; twice as long each further time, an hour at most."""


class Late(Exception):
    """The rule was over its budget."""


class Resting(Exception):
    """The rule is not asked at present: it was late."""


class Escaped(Exception):
    """The rule raised what is no Exception, such as a wish to end the process; the message names it."""


class _Stopped(BaseException):
    """Raised inside a rule that is over its budget."""


class Lane:
    """One plug-in's thread, in which its rules answer one after another; started with the first question."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._questions: SimpleQueue[Question | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._stuck: Thread | None = None
        self._times_late = 0
        self._rests_until = 0.0

    @property
    def resting(self) -> bool:
        """Whether its rules are answered by the ordinary path at present."""
        return (self._stuck is not None and self._stuck.is_alive()) or monotonic() < self._rests_until

    @property
    def fault(self) -> str | None:
        """What an operator should know while it rests; None while it answers."""
        if not self.resting:
            return None
        return f"its rule took longer than {BUDGET_SECONDS} s; the ordinary way is given, and it is tried again later"

    def ask(self, question: Callable[[], Answer], seconds: float | None = None) -> Answer:
        """What `question` returns or raises; raises Late after `seconds` (the budget), Resting while not asked."""
        if self.resting or not self._turn.acquire(timeout=BUDGET_SECONDS):
            raise Resting
        try:
            return self._asked(question, BUDGET_SECONDS if seconds is None else seconds)
        finally:
            self._turn.release()

    def _asked(self, question: Callable[[], Answer], seconds: float) -> Answer:
        answer: Future[Answer] = Future()
        self._started()
        self._questions.put((question, answer))
        try:
            given = answer.result(seconds)
        except TimeoutError:
            if answer.done():  # the rule itself raised it
                raise
            self._give_up()
            raise Late from None
        self._times_late = 0
        return given

    def _started(self) -> None:
        """A fork takes no threads with it, so each process starts its own."""
        if self.resting:
            raise Resting
        if self._thread is None or not self._thread.is_alive():
            self._questions = SimpleQueue()
            self._thread = Thread(target=_answer, args=(self._questions,), name="scenario plug-in", daemon=True)
            self._thread.start()

    def _give_up(self) -> None:
        self._stuck, self._thread = self._thread, None
        self._questions.put(None)
        self._rests_until = monotonic() + min(REST_SECONDS * 2.0**self._times_late, LONGEST_REST_SECONDS)
        self._times_late += 1
        if self._stuck and self._stuck.ident:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._stuck.ident), ctypes.py_object(_Stopped))


def _answer(questions: SimpleQueue[Question | None]) -> None:
    while (asked := questions.get()) is not None:
        question, answer = asked
        try:
            answer.set_result(question())
        except _Stopped:
            return
        except Exception as fault:
            answer.set_exception(fault)
        except BaseException as fault:
            answer.set_exception(Escaped(type(fault).__name__))
