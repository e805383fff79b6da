"""How a notice reaches a person's channels: the one place that says who does it."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from core.channels import Content
from tools.notices.delivery import deliver

Deliver = Callable[[Session, int, int, Content], None]
"""Sends a person a notice: `(session, person_id, notice_id, content)`, in the transaction that writes the notice."""


DELIVER: Deliver = deliver
