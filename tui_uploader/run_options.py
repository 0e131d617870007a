"""Options of a command to what access, planner and engine take. Light: the screen's first frame waits for it."""

import os
from typing import Any
from urllib.parse import urlsplit

from tui_uploader.access import Access, Given
from tui_uploader.engine.plan_options import PlanOptions
from tui_uploader.engine.port import EngineOptions
from tui_uploader.option_values import read_clocks, read_headers, read_parallel, read_patience, read_rate


def given(options: dict[str, Any]) -> Given:
    """The service options of a command."""
    return Given(**{name: options[name] for name in ("profile", "env_id", "gateway", "intl", "token_file", "ca_file")})


def engine_options(access: Access, options: dict[str, Any]) -> EngineOptions:
    """What the engine needs, from options and settings. Raises UsageProblem."""
    upload = access.settings.upload
    rate = options.get("limit_rate") or upload.limit_rate
    return EngineOptions(
        gateway=access.gateway,
        env_id=access.env_id,
        token=access.token,
        parallel=read_parallel(options.get("parallel"), upload.parallel),
        batch=options.get("batch") or upload.batch,
        retries=options["retries"] if options.get("retries") is not None else upload.retries,
        patience=read_patience(options.get("patience")),
        limit=read_rate(rate) if rate else None,
        if_exists=options.get("if_exists", "overwrite"),
        verify=not options.get("no_verify", False),
        read_back=options.get("read_back", False),
        headers=read_headers(options.get("headers", ())),
        ca_file=access.ca_file,
        proxy=access.proxy,
        no_proxy=access.no_proxy,
        allowed_hosts=upload.allowed_hosts + tuple(options.get("allow_hosts", ())),
        clocks=read_clocks(options.get("clocks")),
        renewal=access.renewal,
        after=upload.after,
    )


def proxy_line(options: EngineOptions) -> str:
    """``PROXY host:port`` where the gateway is reached through one, else nothing; never its password."""
    if not options.proxy:
        return ""
    from tui_uploader.protocol.dialling import proxy_for, shown_proxy  # it loads the network: only where it is used

    parts = urlsplit(options.gateway)
    proxy = proxy_for(parts.scheme, parts.hostname or "", options.proxy, options.no_proxy)
    return f"PROXY {shown_proxy(proxy)}" if proxy else ""


def plan_options(options: dict[str, Any], prefix: str) -> PlanOptions:
    """What the plan obeys, from the command line."""
    return PlanOptions(
        prefix=prefix,
        include=tuple(map(utf8, options.get("include", ()))),
        exclude=tuple(map(utf8, options.get("exclude", ()))),
        hidden=not options.get("no_hidden", False),
        ignore_file=not options.get("no_ignore", False),
        gitignore=options.get("gitignore", False) and not options.get("no_ignore", False),
        symlinks=options.get("symlinks", "skip"),
        names=options.get("names", "refuse"),
        key_template=utf8(options.get("key_template") or ""),
    )


def utf8(argument: str) -> str:
    """An argument as UTF-8, whatever the locale took its bytes for: keys and patterns are UTF-8 everywhere."""
    return os.fsencode(argument).decode("utf-8", "surrogateescape")
