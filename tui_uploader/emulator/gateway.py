"""The emulated gateway: upload info in batches, refusals per item, errors of the whole call, scripted answers."""

import asyncio
import json
from typing import Any
from urllib.parse import quote

from aiohttp import web

from tui_uploader.emulator.cloud import BUCKET, Cloud, Issued, request_id
from tui_uploader.emulator.cos_sign import issue
from tui_uploader.emulator.raw import cut_off, say_nothing
from tui_uploader.emulator.script import Fault

UPLOAD_INFO = "/v1/storages/get-objects-upload-info"
DOWNLOAD_INFO = "/v1/storages/get-objects-download-info"
DELETE = "/v1/storages/delete-objects"
MAX_BODY = 16 * 1024 * 1024
_SHAPING = frozenset(
    {"cut", "reorder", "duplicate", "extra", "not_json", "empty", "truncated_json", "nan", "deep", "huge", "bom"}
    | {"object_code_200", "html"}
)
_PER_ITEM = frozenset(
    {"null_entry", "wrong_type", "missing_field", "foreign_url", "http_url", "wrong_key_url", "crlf_token", "expired"}
    | {"echo_id"}
)


def error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    """A top-level error: an object with requestId, and X-Request-Id."""
    number = request_id()
    body = {"code": code, "message": message, "requestId": number}
    return web.json_response(body, status=status, headers={"X-Request-Id": number, **(headers or {})})


async def read_body(request: web.BaseRequest) -> bytes:
    """The whole body, at most `MAX_BODY` bytes of it."""
    parts, size = [], 0
    while size < MAX_BODY and (part := await request.content.readany()):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


class Gateway:
    """Answers what is posted below /v1/storages/."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def refused_identity(self, request: web.BaseRequest) -> web.Response | None:
        """401 for a missing, wrong or expired Bearer token, else None."""
        given = request.headers.get("Authorization", "")
        if not given.startswith("Bearer "):
            return error(401, "MISSING_CREDENTIALS", "Authorization header is missing.")
        token = given.removeprefix("Bearer ").strip()
        standing = self._cloud.accounts.standing(token)
        if token in self._cloud.expired_tokens or standing == "expired":
            return error(401, "ACCESS_TOKEN_EXPIRED", "The access token has expired.")
        if token != self._cloud.token and standing != "live":
            return error(401, "INVALID_CREDENTIALS", "The access token is not valid here.")
        return None

    async def handle(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        """One call."""
        refused = self.refused_identity(request)
        if refused is not None:
            await read_body(request)
            self._cloud.note("info", (), refused.status)
            return refused
        if request.method != "POST" or path not in (UPLOAD_INFO, DOWNLOAD_INFO, DELETE):
            return error(404, "INVALID_PATH", "No such API.")
        try:
            items = json.loads(await read_body(request))
        except ValueError:
            items = None
        wanted = "objectId" if path == UPLOAD_INFO else "cloudObjectId"
        if not isinstance(items, list) or not all(
            isinstance(i, dict) and isinstance(i.get(wanted), str) for i in items
        ):
            self._cloud.note("info", (), 400)
            return error(400, "INVALID_PARAM", f"The body must be an array of objects with {wanted}.")
        if path == DELETE:
            return self._reply([self._delete(item["cloudObjectId"]) for item in items])
        if path == DOWNLOAD_INFO:
            return self._reply([self._download(item["cloudObjectId"]) for item in items])
        return await self._upload_info(request, items)

    async def _upload_info(self, request: web.BaseRequest, items: list[dict[str, Any]]) -> web.StreamResponse:
        cloud = self._cloud
        keys = tuple(str(item["objectId"]) for item in items)
        if len(items) > cloud.batch_limit:
            cloud.note("info", keys, 403)
            return error(403, "OBJECT_BATCH_TOO_LARGE", f"At most {cloud.batch_limit} objects.")
        struck = {}
        for key in keys:
            fault = cloud.script.strike("info", key)
            if fault is not None:
                struck[key] = fault
        shaping: Fault | None = None
        for fault in struck.values():
            if fault.kind == "latency":
                await asyncio.sleep(fault.delay / 1000)
            elif fault.kind in ("no_answer", "reset", "drop"):
                cloud.note("info", keys, 0)
                return await (
                    say_nothing(request) if fault.kind == "no_answer" else cut_off(request, fault.kind == "reset")
                )
            elif fault.kind == "redirect":
                cloud.note("info", keys, 302)
                return web.Response(status=302, headers={"Location": fault.location})
            elif fault.kind == "status" and fault.whole:
                cloud.note("info", keys, fault.status)
                return error(fault.status, fault.code or "SYS_ERR", fault.message or "Scripted.", fault.headers)
            elif fault.kind in _SHAPING:
                shaping = fault
        entries = [self._entry(item, struck.get(str(item["objectId"]))) for item in items]
        cloud.note("info", keys, 200)
        return self._reply(entries) if shaping is None else self._shaped(entries, shaping)

    def _reply(self, entries: list[Any]) -> web.Response:
        return web.json_response(entries, headers={"X-Request-Id": request_id()})

    def _entry(self, item: dict[str, Any], fault: Fault | None) -> Any:
        key = str(item["objectId"])
        refusal = self._refusal(key, item)
        if fault is not None and fault.kind == "status":
            refusal = (fault.code or "COS_ACTION_FAILED", fault.message or "Execute COS action failed.")
        if refusal is not None:
            entry: dict[str, Any] = {"code": refusal[0], "message": refusal[1]}
            if fault is not None and fault.kind == "echo_id":
                entry["objectId"] = key
            return entry
        return self._granted(key, item, fault if fault is not None and fault.kind in _PER_ITEM else None)

    def _refusal(self, key: str, item: dict[str, Any]) -> tuple[str, str] | None:
        headers = item.get("signedHeader", {})
        if not isinstance(headers, dict) or not all(
            isinstance(values, list) and all(isinstance(value, str) for value in values) for values in headers.values()
        ):
            return "INVALID_PARAM", "signedHeader must map names to arrays of strings."
        if any(0xD800 <= ord(char) <= 0xDFFF for char in key):
            return "INVALID_PARAM", "The objectId is not valid UTF-8."
        if not key or key.startswith(("/", "\\")) or "//" in key or key.endswith("/") or len(key.encode()) > 850:
            return "INVALID_PARAM", "The objectId is not valid."
        if any(ord(char) < 32 or ord(char) == 127 for char in key):
            return "INVALID_PARAM", "The objectId holds control characters."
        if self._cloud.refuses(key):
            return "STORAGE_EXCEED_AUTHORITY", "Storage operation exceeds the authority of this identity."
        return None

    def _granted(self, key: str, item: dict[str, Any], fault: Fault | None) -> Any:
        cloud = self._cloud
        kind = fault.kind if fault is not None else ""
        now = int(cloud.clock())
        begin = now - 2 * cloud.lifetime if kind == "expired" else now
        key_time = f"{begin};{begin + cloud.lifetime}"
        headers = {name.lower(): values[0] for name, values in item.get("signedHeader", {}).items() if values}
        authorization = issue(cloud.secret_id, cloud.secret_key, key_time, "put", f"/b/{BUCKET}/{key}", headers)
        given = Issued(key, request_id() + request_id(), request_id())
        cloud.issued[given.token] = given
        cloud.links[key] = given.file_id
        url = f"{cloud.origin}/b/{BUCKET}/{quote(key, safe='/-_.~')}".replace("/./", "/.%2F").replace("/../", "/..%2F")
        link = f"{cloud.origin}/b/{BUCKET}/{key}?sign={given.file_id}&t={now}"
        entry: dict[str, Any] = {
            "objectId": key,
            "uploadUrl": url,
            "authorization": authorization,
            "token": given.token,
            "cloudObjectMeta": given.file_id,
            "cloudObjectId": f"cloud://{cloud.env_id}.{BUCKET}/{key}",
            "downloadUrl": link,
            "downloadUrlEncoded": f"{url}?sign={given.file_id}&t={now}",
        }
        match kind:
            case "null_entry":
                return None
            case "wrong_type":
                entry["token"] = 17
            case "missing_field":
                entry.pop(fault.name if fault is not None else "token", None)
            case "foreign_url":
                entry["uploadUrl"] = url.replace(cloud.origin, f"https://{fault.host if fault is not None else ''}")
            case "http_url":
                entry["uploadUrl"] = url.replace(cloud.origin, "http://bucket.cos.ap-test.myqcloud.com")
            case "wrong_key_url":
                entry["uploadUrl"] = url + ".other"
            case "crlf_token":
                entry["token"] = given.token + "\r\nX-Injected: yes"
            case _:
                pass
        return entry

    def _shaped(self, entries: list[Any], fault: Fault) -> web.Response:
        text = json.dumps(entries)
        match fault.kind:
            case "cut":
                return self._reply(entries[:-1])
            case "reorder":
                return self._reply(entries[::-1])
            case "duplicate":
                return self._reply([*entries[:-1], entries[0]])
            case "extra":
                return self._reply([*entries, {**(entries[0] or {}), "objectId": "never-asked-for"}])
            case "object_code_200":
                return web.json_response(
                    {"code": fault.code or "SYS_ERR", "message": "Scripted.", "requestId": request_id()}
                )
            case "html":
                text = "<html><body>Please sign in to the network</body></html>"
            case "not_json":
                text = "upstream connect error"
            case "empty":
                text = ""
            case "truncated_json":
                text = text[: len(text) // 2]
            case "nan":
                text = '[{"objectId": NaN}]'
            case "deep":
                text = "[" * 100_000 + "]" * 100_000
            case "huge":
                text = "[" + " " * (9 * 1024 * 1024) + "]"
            case _:
                text = "\ufeff" + text
        return web.Response(text=text, content_type="application/json", headers={"X-Request-Id": request_id()})

    def _key_of(self, object_id: str) -> str:
        return object_id.removeprefix(f"cloud://{self._cloud.env_id}.{BUCKET}/")

    def _delete(self, object_id: str) -> dict[str, str]:
        if self._cloud.objects.delete(self._key_of(object_id)):
            return {"cloudObjectId": object_id}
        return {"cloudObjectId": object_id, "code": "OBJECT_NOT_EXIST", "message": "No such object."}

    def _download(self, object_id: str) -> dict[str, str]:
        key = self._key_of(object_id)
        sign = self._cloud.links.get(key)
        if key not in self._cloud.objects or sign is None:
            return {"code": "OBJECT_NOT_EXIST", "message": "No such object."}
        url = f"{self._cloud.origin}/b/{BUCKET}/{quote(key, safe='/-_.~')}?sign={sign}&t=0"
        return {"cloudObjectId": object_id, "downloadUrl": url, "downloadUrlEncoded": url}
