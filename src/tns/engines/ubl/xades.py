"""The signed properties of a XAdES-EPES signature: when, with which certificate, under which policy, in which role."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tns.engines.ubl import tree

POLICY_URL = "https://facturaelectronica.dian.gov.co/politicadefirma/v2/politicadefirmav2.pdf"
POLICY_SHA256 = "dMoMvtcG5aIzgYo0tIsSQeVJBDnUnfSOfBpxXrmor0Y="
_POLICY_PREFIX = "https://facturaelectronica.dian.gov.co/politicadefirma/"
_DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
    "http://www.w3.org/2000/09/xmldsig#sha1": "sha1",
}
_MAX_CERTS = 20


class Politica(StrEnum):
    """Whether the signature declares DIAN's policy: right document (by hash), another one, or none."""

    CONFORME = "conforme"
    OTRA = "otra"
    SIN_COMPROBAR = "sin_comprobar"  # DIAN's address, but a digest other than the SHA-256 that is published
    AUSENTE = "ausente"


@dataclass(frozen=True, slots=True)
class SignedProperties:
    """What the signer signed about the signature itself."""

    presentes: bool = False
    firmado_en: datetime | None = None
    digests: tuple[tuple[str, bytes], ...] = ()
    politica: Politica = Politica.AUSENTE
    politica_url: str = ""
    rol: str = ""

    def names(self, certificate: x509.Certificate) -> bool:
        """Whether `certificate` is one the properties name by its digest."""
        der = certificate.public_bytes(Encoding.DER)
        return any(hashlib.new(name, der, usedforsecurity=False).digest() == value for name, value in self.digests)


def read_properties(signature: Any) -> SignedProperties:
    """Read the SignedSignatureProperties of a ds:Signature; empty when it has none."""
    found = tree.one(
        signature, "ds:Object/xades:QualifyingProperties/xades:SignedProperties/xades:SignedSignatureProperties"
    )
    if found is None:
        return SignedProperties()
    policy = tree.one(found, "xades:SignaturePolicyIdentifier/xades:SignaturePolicyId")
    url = tree.text(policy, "xades:SigPolicyId/xades:Identifier")
    roles = tree.one(found, "xades:SignerRole")
    if roles is None:
        roles = tree.one(found, "xades:SignerRoleV2")
    return SignedProperties(
        presentes=True,
        firmado_en=_moment(tree.text(found, "xades:SigningTime")),
        digests=_digests(found),
        politica=_policy(policy, url),
        politica_url=url,
        rol=tree.text(roles, "xades:ClaimedRoles/xades:ClaimedRole"),
    )


def _policy(policy: Any, url: str) -> Politica:
    if policy is None:
        return Politica.AUSENTE
    if not url.startswith(_POLICY_PREFIX):
        return Politica.OTRA
    algorithm = tree.attribute(policy, "xades:SigPolicyHash/ds:DigestMethod", "Algorithm")
    if _DIGESTS.get(algorithm) != "sha256":
        return Politica.SIN_COMPROBAR
    same = tree.text(policy, "xades:SigPolicyHash/ds:DigestValue") == POLICY_SHA256
    return Politica.CONFORME if same else Politica.OTRA


def _digests(found: Any) -> tuple[tuple[str, bytes], ...]:
    digests = []
    for name in ("SigningCertificate", "SigningCertificateV2"):
        for item in tree.many(found, f"xades:{name}/xades:Cert/xades:CertDigest")[:_MAX_CERTS]:
            algorithm = _DIGESTS.get(tree.attribute(item, "ds:DigestMethod", "Algorithm"))
            try:
                value = base64.b64decode("".join(tree.text(item, "ds:DigestValue").split()), validate=True)
            except (binascii.Error, ValueError):
                continue
            if algorithm is not None:
                digests.append((algorithm, value))
    return tuple(digests)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
