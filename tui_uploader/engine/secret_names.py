"""Names that look like secrets: a plan warns of them, for whoever may read the prefix may read them then."""

import os
import re

_NAMES = rb"""\.env(rc|\.(?!(example|sample|template|dist)$).*)? | .*\.env
    | id_(rsa|dsa|ecdsa|ed25519)(_sk)?(\.(bak|old|orig|save|key|[0-9]+))?~?
    | \.?credentials(\.(json|ya?ml|ini|xml|txt|csv|toml))?
    | \.(netrc|pgpass|git-credentials|htpasswd|npmrc|pypirc|my\.cnf|vault-token|s3cfg|boto|cos\.conf|dockercfg)
    | \.(bash|zsh|python|mysql|psql|sqlite|rediscli|node_repl)_history
    | g?shadow-? | kubeconfig | wallet\.dat | secrets?\.(json|ya?ml|ini|txt|toml)
    | (service[-_]?account|client[-_]secret).*\.json
    | .*\.(tfstate|tfvars)(\.backup)?
    | .*\.(pem|key|p8|p12|pfx|kdbx?|ppk|jks|keystore|ovpn)(\.(bak|old|orig|save))?~?"""
_BEGINS = b".icgskw"  # of the names in the lines above the last two
_ENDS = frozenset(
    b"env pem key p8 p12 pfx kdb kdbx ppk jks keystore ovpn tfstate tfvars backup bak old orig save".split()
)
_SSH = b"/.ssh/"
_KNOWN = rb"(config|known_hosts|authorized_keys2?|environment|rc)(\.(bak|old|orig|save))?~?"  # no keys
_PATHS = (b"/.docker/config.json", b"/.kube/config", b"/.config/gcloud/credentials.db")


def looks_secret(path: bytes) -> bool:
    """Whether the name of a file, or where it lies, says that it holds a secret; its case does not matter."""
    path = path.lower()
    name = os.path.basename(path)
    if name[:1] not in _BEGINS and name.rpartition(b".")[2].rstrip(b"~") not in _ENDS:  # as nearly all of a million
        return path.endswith(_PATHS) or (_SSH in path and _is_ssh_key(name))
    return (
        re.fullmatch(_NAMES, name, re.VERBOSE | re.DOTALL) is not None
        or path.endswith(_PATHS)
        or (_SSH in path and _is_ssh_key(name))
    )


def _is_ssh_key(name: bytes) -> bool:
    return re.fullmatch(_KNOWN, name) is None and not name.endswith(b".pub")
