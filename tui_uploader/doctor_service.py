"""What `doctor` asks the service: is the gateway there, is TLS good, is the token taken, do the clocks agree."""

import asyncio
import ssl
from collections.abc import Iterator

from tui_uploader.access import Access
from tui_uploader.doctor_checks import MEND, OK, UNKNOWN, Finding
from tui_uploader.model.failures import Failure
from tui_uploader.model.text import clean_message
from tui_uploader.protocol.gateway import ANSWER_LIMIT, Gateway, GatewayUrlError
from tui_uploader.protocol.sending import Limits, Sender
from tui_uploader.protocol.trust import trust
from tui_uploader.protocol.upload_info import InfoRequest
from tui_uploader.report import without_keys

_PROBE = ".tui-uploader-doctor"  # upload info is asked for this key; nothing is ever sent under it
_LIMITS = Limits(connect=10.0, stalled=10.0, answer=15.0, whole=10.0)
_MOST_OFF = 60.0  # seconds
_IDENTITY = frozenset(
    {"MISSING_CREDENTIALS", "INVALID_CREDENTIALS", "INVALID_ACCESS_TOKEN", "ACCESS_TOKEN_INVALID", "CHECK_LOGIN_FAILED"}
    | {"ACCESS_TOKEN_KID_INVALID", "AUTHENTICATION_FAILED", "ACCESS_TOKEN_EXPIRED", "HTTP_401", "ACTION_FORBIDDEN"}
)
_NOT_REACHED = "no answer, so not known"


def service_findings(access: Access, *, with_token: bool) -> Iterator[Finding]:
    """The findings of one call to the gateway, within half a minute.

    Without a token of the person's own the call is made all the same, with one that is none.
    """
    try:
        answer, offset = asyncio.run(_ask(access))
    except GatewayUrlError as error:
        yield Finding("gateway", MEND, str(error), "mend --gateway, TUI_UPLOADER_GATEWAY or the profile")
        return
    except (OSError, ssl.SSLError) as error:
        found = f"the CA file {access.ca_file} cannot be used: {error.strerror or error}"
        yield Finding("tls", MEND, found, "mend --ca-file, TUI_UPLOADER_CA_FILE or the profile")
        return
    https = access.gateway.startswith("https://")
    if answer is not None and answer.code == "TLS_CERT":
        yield Finding("gateway", OK, f"{access.gateway} can be reached")
        yield Finding("tls", MEND, answer.detail, "use --ca-file for a private authority; is the clock right?")
        return
    if answer is not None and answer.http_status is None and offset is None:  # not even a date came
        said = f"{access.gateway}: {answer.code}: {answer.info.meaning}"
        yield Finding(
            "gateway", MEND, f"{said} ({answer.detail})" if answer.detail else said, without_keys(answer.info.check)
        )
        yield Finding("credentials", UNKNOWN, _NOT_REACHED)
        yield Finding("clock", UNKNOWN, _NOT_REACHED)
        return
    proxy = " through the proxy of HTTPS_PROXY" if access.proxy and https else ""
    yield Finding("gateway", OK, f"{access.gateway} answers{proxy}")
    if https:
        yield Finding("tls", OK, "the certificate is trusted")
    yield _identity(answer, access, with_token=with_token)
    yield _clock(offset)


async def _ask(access: Access) -> tuple[Failure | None, float | None]:
    """The failure of a call for upload info, None where it was granted; and how far the service's clock is ahead."""
    transport = Sender(
        context=trust(access.ca_file),
        proxy=access.proxy,
        no_proxy=access.no_proxy,
        limits=_LIMITS,
        body_limit=ANSWER_LIMIT,
    )
    gateway = Gateway(access.gateway, access.token, transport, access.settings.upload.allowed_hosts)
    key = "/".join(part for part in (access.profile.prefix.strip("/"), _PROBE) if part)
    try:
        answer = await gateway.request_infos([InfoRequest(key, (("content-length", "0"),))])
    finally:
        await transport.aclose()
    offset = gateway.clock_offset
    if isinstance(answer, Failure):
        return answer, offset
    first = answer.answers[0]
    return (first if isinstance(first, Failure) else None), offset


def _identity(answer: Failure | None, access: Access, *, with_token: bool) -> Finding:
    if not with_token:
        return Finding("credentials", UNKNOWN, "there was no token to try")
    if answer is None:
        return Finding("credentials", OK, f"the token is accepted for {access.env_id}")
    said = f"{answer.code}: {answer.info.meaning}"
    if answer.message:
        said += f" (it said: {clean_message(answer.message, 120)})"
    if answer.whole or answer.code in _IDENTITY:
        return Finding("credentials", MEND, said, without_keys(answer.info.check))
    return Finding("credentials", MEND, f"the token is accepted, but: {said}", without_keys(answer.info.check))


def _clock(offset: float | None) -> Finding:
    if offset is None:
        return Finding("clock", UNKNOWN, "the gateway's answer has no date")
    if abs(offset) <= _MOST_OFF:
        return Finding("clock", OK, f"within {max(abs(offset), 1):.0f} s of the service's")
    way = "behind" if offset > 0 else "ahead of"
    found = f"this server's clock is {abs(offset):.0f} s {way} the service's: permissions will look over or not begun"
    return Finding("clock", MEND, found, "set it: timedatectl set-ntp true")
