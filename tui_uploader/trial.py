"""Tries a token: asks for upload info for one object that nobody uploads, and says what the answer means."""

import asyncio
from dataclasses import dataclass

from tui_uploader.access import Access
from tui_uploader.model.failures import Failure, Scope
from tui_uploader.model.secret import Secret
from tui_uploader.model.text import clean_message
from tui_uploader.protocol.gateway import ANSWER_LIMIT, Gateway, GatewayUrlError
from tui_uploader.protocol.sending import Limits, Sender
from tui_uploader.protocol.trust import trust
from tui_uploader.protocol.upload_info import InfoRequest

KEY = "tui-uploader-test.txt"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the service takes the token, in words; `code` is the service's where it refused something."""

    accepted: bool
    words: str
    code: str = ""
    key: str = ""  # of the object that was asked about
    failure: Failure | None = None


def try_token(place: Access, token: Secret) -> Verdict:
    """Ask the service once; blocks for some seconds at most."""
    return asyncio.run(try_token_async(place, token))


async def try_token_async(place: Access, token: Secret) -> Verdict:
    """The same on a loop that runs already. Nothing is uploaded: upload info that is not used expires."""
    prefix = place.profile.prefix.strip("/")
    key = f"{prefix}/{KEY}" if prefix else KEY
    try:
        transport = Sender(
            context=trust(place.ca_file),
            proxy=place.proxy,
            no_proxy=place.no_proxy,
            limits=Limits(connect=10, stalled=10, answer=15, whole=15),
            body_limit=ANSWER_LIMIT,
        )
        gateway = Gateway(place.gateway, token, transport, place.settings.upload.allowed_hosts)
    except (GatewayUrlError, OSError) as error:
        return Verdict(False, str(error))
    try:
        answer = await gateway.request_infos([InfoRequest(key, (("content-length", "0"),))])
    finally:
        await transport.aclose()
    first = answer if isinstance(answer, Failure) else answer.answers[0]
    if not isinstance(first, Failure):
        return Verdict(True, f"the service takes this token and lets it write {key}", key=key)
    sentence = clean_message(first.sentence)
    if isinstance(answer, Failure) or first.info.scope is Scope.ALL:
        return Verdict(False, f"{first.code}: {sentence}", first.code, failure=first)
    return Verdict(
        True, f"the service takes this token, but refuses {key}: {first.code}, {sentence}", first.code, key, first
    )
