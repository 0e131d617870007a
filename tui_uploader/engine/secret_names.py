"""Names that look like secrets: a plan warns of them, for whoever may read the prefix may read them then."""

import os
import re

_NAMES = re.compile(
    rb"""\.env(rc|\.(?!(example|sample|template|dist)$).*)? | .*\.env
    | id_(rsa|dsa|ecdsa|ed25519)(_sk)?(\.(bak|old|orig|save|key|[0-9]+))?~?
    | \.?credentials(\.(json|ya?ml|ini|xml|txt|csv|toml))?
    | \.(netrc|pgpass|git-credentials|htpasswd|npmrc|pypirc|my\.cnf|vault-token|s3cfg|boto|cos\.conf|dockercfg)
    | g?shadow-?
    | .*\.(pem|key|p12|pfx|kdbx?|ppk|jks|keystore)(\.(bak|old|orig|save))?~?""",
    re.VERBOSE | re.DOTALL,
)
_BEGINS = b".icgs"  # of the names in the first four lines
_ENDS = frozenset((
    b"env", b"pem", b"key", b"p12", b"pfx", b"kdb", b"kdbx", b"ppk", b"jks", b"keystore", b"bak", b"old", b"orig",
    b"save",
))  # fmt: skip
_PATHS = (b"/.docker/config.json", b"/.kube/config", b"/.config/gcloud/credentials.db")


def looks_secret(path: bytes) -> bool:
    """Whether the name of a file, or where it lies, says that it holds a secret; its case does not matter."""
    name = os.path.basename(path).lower()
    if name[:1] not in _BEGINS and name.rpartition(b".")[2].rstrip(b"~") not in _ENDS:  # as nearly all of a million
        return path.endswith(_PATHS)
    return _NAMES.fullmatch(name) is not None or path.endswith(_PATHS)
