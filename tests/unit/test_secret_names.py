"""What a plan warns of: names that hold secrets nearly always, in whatever case, and none that only look alike."""

import pytest

from tui_uploader.engine.secret_names import looks_secret

SECRET = """
    .env .envrc .env.local .env.production prod.env .npmrc .pypirc .netrc .pgpass .htpasswd .git-credentials .my.cnf
    id_rsa id_ed25519 id_ecdsa_sk id_rsa.bak id_dsa~ server.pem server.key cert.p12 a.pfx key.jks my.keystore x.kdbx
    AuthKey_1A.p8 office.ovpn shadow gshadow- credentials.json credentials kubeconfig wallet.dat secrets.yml secret.json
    service-account.json service_account-prod.json client_secret_12.apps.json terraform.tfstate prod.tfstate.backup
    prod.tfvars .bash_history .mysql_history .ssh/id_work .ssh/deploy .aws/credentials .kube/config
    .docker/config.json ID_RSA SERVER.PEM .Env .SSH/deploy .Kube/Config
"""
PLAIN = """
    .env.example .env.sample id_rsa.pub server.crt plain.txt environment.txt keyboard.key.txt keys secrets
    secretary.txt service.json .ssh/config .ssh/known_hosts .ssh/authorized_keys .ssh/id_work.pub .ssh/config.bak
    .ssh/authorized_keys2 .ssh/environment .ssh/rc .ssh/known_hosts.old key pem access.log
    terraform.tf history.txt .bashrc backup old.txt
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_warned_of(name: str) -> None:
    assert looks_secret(b"/srv/home/" + name.encode())


@pytest.mark.parametrize("name", PLAIN.split())
def test_not_warned_of(name: str) -> None:
    assert not looks_secret(b"/srv/home/" + name.encode())
