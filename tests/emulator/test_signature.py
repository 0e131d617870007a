"""The emulator's signatures against Tencent's published example and Tencent's own client."""

import warnings
from types import SimpleNamespace

import pytest

from tui_uploader.emulator import cos_sign

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK's own, on import
    from qcloud_cos import cos_auth

EXAMPLE = {
    "Date": "Thu, 16 May 2019 06:45:51 GMT",
    "Host": "examplebucket-1250000000.cos.ap-beijing.myqcloud.com",
    "Content-Type": "text/plain",
    "Content-Length": "13",
    "Content-MD5": "mQ/fVh815F3k6TAUm8m0eg==",
    "x-cos-acl": "private",
    "x-cos-grant-read": 'uin="100000000011"',
}


# The key pair of Tencent's own documentation pages: an example that opens nothing.
PUBLISHED_KEY = "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz"


def test_the_published_example_digit_by_digit() -> None:
    signed = cos_sign.compute(PUBLISHED_KEY, "1557989151;1557996351", "PUT", "/exampleobject(腾讯云)", {}, EXAMPLE)
    assert signed.string_to_sign == "sha1\n1557989151;1557996351\n8b2751e77f43a0995d6e9eb9477f4b685cca4172\n"
    assert signed.signature == "3b8851a11a569213c17ba8fa7dcf2abec6935172"


@pytest.mark.parametrize("key", ["中文/报告.txt", "a b", "a+b#c?d%e", "a//b", "folder/", "~-_.!*'()", "é"])
def test_the_same_as_tencents_client(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cos_auth.time, "time", lambda: 1_700_000_060)
    conf = SimpleNamespace(
        _secret_id="AKID1", _secret_key="secret", _anonymous=False, _sign_params=True, _sign_host=False
    )
    headers = {"Content-Type": "text/plain; a=b", "content-length": "5"}
    request = SimpleNamespace(method="PUT", url="http://h/", headers=dict(headers))
    cos_auth.CosS3Auth(conf, key, {}, 840, False)(request)
    ours = cos_sign.issue("AKID1", "secret", "1700000000;1700000900", "put", f"/{key}", headers)
    assert request.headers["Authorization"] == ours
