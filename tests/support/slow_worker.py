"""A worker that dies in the middle of its job: it writes the effect, says so, and waits to be killed."""

from __future__ import annotations

import os
import time

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.config import Settings
from app.factory import build_kit
from app.services.jobs import JobContext
from app.store.outbox import Message


def write_effect(session: Session, _context: JobContext, message: Message) -> None:
    """What the job is for: one row."""
    session.execute(text("INSERT INTO effects (message_id) VALUES (:id)"), {"id": message.id})


def write_and_wait(session: Session, context: JobContext, message: Message) -> None:
    write_effect(session, context, message)
    print("in the middle", flush=True)  # noqa: T201 - the test waits for this line
    time.sleep(60)


if __name__ == "__main__":
    kit = build_kit(Settings(), engine=create_engine(os.environ["DATABASE_URL"]))
    Worker(kit, handlers={"test.job": write_and_wait}).messages()
