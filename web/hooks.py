"""Requests that channels make to us, handed to the channel that they are for."""

from fastapi import Request, Response

from core.channels import Called
from web.parts import Parts
from web.problems import Unavailable


async def hand_over(channel: str, request: Request, parts: Parts) -> Response:
    """What the channel answers, which it does once what arrived is kept; Unavailable where it is not set up."""
    webhook = parts.webhooks.get(channel)
    if webhook is None or parts.desk is None:
        raise Unavailable()
    headers = {name.lower(): value for name, value in request.headers.items()}
    answer = await webhook.receive(Called(request.url.path, headers, await request.body()), parts.desk.accept)
    return Response(answer.body, status_code=answer.status, media_type=answer.mime)
