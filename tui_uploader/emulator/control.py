"""What the demo and the tests may ask of a running emulator: lift rules, set faults, count what came."""

import json
from typing import Any

from aiohttp import web

from tui_uploader.emulator.cloud import Cloud
from tui_uploader.emulator.gateway import read_body
from tui_uploader.emulator.script import FaultError, make


class Control:
    """Answers what comes below /__emulator/, for whoever has the token."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def handle(self, request: web.BaseRequest, path: str) -> web.Response:
        """One call."""
        word = path.removeprefix("/__emulator/")
        if request.method == "GET" and word == "objects":
            return web.json_response(
                [
                    {"key": one.key, "size": one.size, "sha256": one.sha256, "crc64": str(one.crc64)}
                    for one in self._cloud.objects.all().values()
                ]
            )
        if request.method == "GET" and word == "requests":
            return web.json_response(self._counts())
        if request.method == "POST" and word in ("rules", "faults", "auth"):
            try:
                asked = json.loads(await read_body(request))
                act = {"rules": self._rules, "faults": self._faults, "auth": self._accounts}[word]
                return web.json_response(act(asked))
            except (ValueError, KeyError, TypeError, FaultError) as error:
                return web.json_response({"code": "INVALID_PARAM", "message": str(error)}, status=400)
        return web.json_response({"code": "INVALID_PATH", "message": "No such path."}, status=404)

    def _rules(self, asked: dict[str, Any]) -> dict[str, Any]:
        """``{"allow": [prefixes]}`` lifts rules; all of them where the list is empty."""
        allow = [str(prefix) for prefix in asked["allow"]] or list(self._cloud.refused)
        lifted = [prefix for prefix in allow if prefix in self._cloud.refused]
        self._cloud.refused.difference_update(lifted)
        self._cloud.script.lift("STORAGE_EXCEED_AUTHORITY")
        return {"lifted": lifted}

    def _accounts(self, asked: dict[str, Any]) -> dict[str, Any]:
        """``{"expire": true}`` ends every access token now, ``{"revoke": "user"}`` every sign-in of a user."""
        accounts = self._cloud.accounts
        if asked.get("expire"):
            accounts.expire()
            self._cloud.expired_tokens.update({self._cloud.token} if asked["expire"] == "all" else ())
        if "revoke" in asked:
            accounts.revoke(str(asked["revoke"]))
        return {"renewals": accounts.renewals}

    def _faults(self, asked: dict[str, Any]) -> dict[str, Any]:
        """``{"faults": [tables]}`` replaces the script."""
        self._cloud.script.faults = [make(table) for table in asked["faults"]]
        return {"faults": len(self._cloud.script.faults)}

    def _counts(self) -> dict[str, Any]:
        cloud = self._cloud
        return {
            "batches": [len(one.keys) for one in cloud.arrived if one.kind == "info"],
            "puts": dict(cloud.puts),
            "most_putting": cloud.most_putting,
        }
