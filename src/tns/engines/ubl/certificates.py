"""The signer's certificate: whose it is, whether it was in force, whether its chain ends in a trusted root."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

_MAX_CHAIN = 6
_SHA256 = hashes.SHA256()


class Vigencia(StrEnum):
    """Of the certificate when it signed (the signer's own claim of the time) or now if it claims none."""

    VIGENTE = "vigente"
    VENCIDO = "vencido"
    AUN_NO = "aun_no_vigente"


class Cadena(StrEnum):
    """Whether the certificate leads to one of the given roots; without roots nothing can be said."""

    CONFIABLE = "confiable"
    NO_CONFIABLE = "no_confiable"
    SIN_RAICES = "sin_raices"


@dataclass(frozen=True, slots=True)
class Certificado:
    """What people need to know of a certificate."""

    titular: str
    emisor: str
    serie: str
    identificacion: str
    desde: datetime
    hasta: datetime
    huella: str


def load_der(data: bytes) -> x509.Certificate | None:
    """Parse one DER certificate; None when it is none."""
    try:
        certificate = x509.load_der_x509_certificate(data)
        certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return certificate


def load_roots(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Trusted roots from a PEM bundle; raises ValueError when it holds none that can be read."""
    return tuple(x509.load_pem_x509_certificates(pem))


def describe(certificate: x509.Certificate) -> Certificado:
    """The certificate for people."""
    return Certificado(
        titular=_name(certificate, issuer=False),
        emisor=_name(certificate, issuer=True),
        serie=format(certificate.serial_number, "X"),
        identificacion=_attribute(certificate, NameOID.SERIAL_NUMBER),
        desde=certificate.not_valid_before_utc,
        hasta=certificate.not_valid_after_utc,
        huella=hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
    )


def in_force(certificate: x509.Certificate, moment: datetime | None) -> Vigencia:
    """Whether the certificate was in force at `moment` (now when None)."""
    at = moment or datetime.now(UTC)
    if at < certificate.not_valid_before_utc:
        return Vigencia.AUN_NO
    return Vigencia.VENCIDO if at > certificate.not_valid_after_utc else Vigencia.VIGENTE


def check_chain(
    leaf: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    moment: datetime | None,
) -> Cadena:
    """Look for a path of valid signatures from `leaf` through `others` to one of `roots`."""
    if not roots:
        return Cadena.SIN_RAICES
    trusted = {root.fingerprint(_SHA256) for root in roots}
    current, seen = leaf, set[bytes]()
    for _ in range(_MAX_CHAIN):
        mark = current.fingerprint(_SHA256)
        if mark in trusted:
            return Cadena.CONFIABLE
        seen.add(mark)
        issuer = next(
            (c for c in (*roots, *others) if c.fingerprint(_SHA256) not in seen and _issued(current, c, moment)), None
        )
        if issuer is None:
            return Cadena.NO_CONFIABLE
        current = issuer
    return Cadena.NO_CONFIABLE


def _issued(child: x509.Certificate, issuer: x509.Certificate, moment: datetime | None) -> bool:
    if child.issuer != issuer.subject or not _may_sign(issuer) or in_force(issuer, moment) is not Vigencia.VIGENTE:
        return False
    try:
        child.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        if not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound as missing:
        return missing.oid == x509.KeyUsage.oid
    except ValueError:
        return False


def _attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    try:
        values = certificate.subject.get_attributes_for_oid(oid)
    except ValueError:
        return ""
    return str(values[0].value)[:120] if values else ""


def _name(certificate: x509.Certificate, *, issuer: bool) -> str:
    try:
        name = certificate.issuer if issuer else certificate.subject
        common = name.get_attributes_for_oid(NameOID.COMMON_NAME) or name.get_attributes_for_oid(
            NameOID.ORGANIZATION_NAME
        )
        return str(common[0].value if common else name.rfc4514_string())[:200]
    except ValueError:
        return ""
