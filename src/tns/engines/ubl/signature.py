"""Verifies the XAdES-EPES signature of a document and tells what is broken when something is.

Source: XML Signature (W3C), XAdES (ETSI TS 101 903) and "Política de firma" of DIAN (v2): enveloped, RSA with
SHA-256/384/512, three references (document, KeyInfo, SignedProperties). Everything is verified against what the
signature must be, not what it says: the document's reference must cover the root, and the other two must be children of
this very signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tns.engines.ubl import c14n, certificates, tree
from tns.engines.ubl.certificates import Cadena, Certificado, Vigencia
from tns.engines.ubl.errors import refuse
from tns.engines.ubl.xades import Politica, SignedProperties, read_properties

_DS = f"{{{tree.NAMESPACES['ds']}}}"
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
    "http://www.w3.org/2001/04/xmldsig-more#sha512": "sha512",
}
_SIGNATURES: dict[str, hashes.HashAlgorithm] = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": hashes.SHA256(),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": hashes.SHA384(),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": hashes.SHA512(),
}
_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
_MAX_REFERENCES = 6
_MAX_CERTIFICATES = 10
_MAX_SIGNATURES = 3


class EstadoFirma(StrEnum):
    """What the signature says of the document."""

    VALIDA = "valida"
    CUERPO_ALTERADO = "cuerpo_alterado"
    FIRMA_FALSA = "firma_falsa"
    SIN_FIRMA = "sin_firma"


@dataclass(frozen=True, slots=True)
class Firma:
    """Verdict on a signature.

    `valida` speaks of the document's integrity; trust in the signer is `vigencia` and `cadena`.
    """

    estado: EstadoFirma
    motivo: str
    certificado: Certificado | None = None
    vigencia: Vigencia | None = None
    cadena: Cadena = Cadena.SIN_RAICES
    politica: Politica = Politica.AUSENTE
    rol: str = ""
    firmado_en: datetime | None = None
    algoritmo: str = ""
    observaciones: tuple[str, ...] = ()


class _Broken(Exception):
    """The signature cannot be what it claims; the text is the Spanish reason."""


@dataclass(frozen=True, slots=True)
class _Reference:
    uri: str
    kind: str
    transforms: tuple[Any, ...]
    digest: str
    value: bytes


def check_signature(root: Any, roots: Sequence[x509.Certificate] = ()) -> Firma:
    """Verify the signature(s) of a parsed document.

    Raises:
        DocumentoRechazado: ids_duplicados, when an id that a signature refers to names more than one element.
    """
    placed = list(tree.extensions(root, "Signature"))
    placed = [element for element in placed if element.tag == f"{_DS}Signature"]
    if not placed:
        stray = next(root.iter(f"{_DS}Signature"), None)
        if stray is not None:
            return Firma(EstadoFirma.FIRMA_FALSA, "Hay una firma, pero fuera de su lugar: no cubre el documento.")
        return Firma(EstadoFirma.SIN_FIRMA, "El documento no está firmado.")
    if len(placed) > _MAX_SIGNATURES:
        return Firma(
            EstadoFirma.FIRMA_FALSA, f"El documento trae {len(placed)} firmas; se admiten hasta {_MAX_SIGNATURES}."
        )
    verdicts = [_check_one(root, element, roots) for element in placed]
    order = (EstadoFirma.FIRMA_FALSA, EstadoFirma.CUERPO_ALTERADO, EstadoFirma.VALIDA)
    return min(verdicts, key=lambda verdict: order.index(verdict.estado))


def _check_one(root: Any, signature: Any, roots: Sequence[x509.Certificate]) -> Firma:
    try:
        info = _child(signature, "SignedInfo")
        references = _references(info)
        _refuse_duplicated_ids(root, references)
        chain = _certificates(signature)
        properties = read_properties(signature)
        leaf = _signer(chain, properties)
        algorithm = _verify_value(signature, info, leaf)
        broken = _broken_parts(root, signature, references)
    except _Broken as error:
        return Firma(EstadoFirma.FIRMA_FALSA, str(error))
    state, motive = _verdict(broken)
    moment = properties.firmado_en
    others = [certificate for certificate in chain if certificate != leaf]
    return Firma(
        estado=state,
        motivo=motive,
        certificado=certificates.describe(leaf),
        vigencia=certificates.in_force(leaf, moment),
        cadena=certificates.check_chain(leaf, others, roots, moment),
        politica=properties.politica,
        rol=properties.rol,
        firmado_en=moment,
        algoritmo=algorithm,
        observaciones=tuple(_remarks(leaf, properties)),
    )


def _verdict(broken: set[str]) -> tuple[EstadoFirma, str]:
    if broken - {"documento"}:
        what = "el certificado" if "certificado" in broken else "las propiedades firmadas (fecha, política o rol)"
        return EstadoFirma.FIRMA_FALSA, f"La firma fue manipulada: {what} no es lo que se firmó."
    if broken:
        return EstadoFirma.CUERPO_ALTERADO, "El documento cambió después de firmarse; la firma en sí es auténtica."
    return EstadoFirma.VALIDA, "La firma corresponde al documento."


def _child(element: Any, name: str) -> Any:
    found = element.findall(f"{_DS}{name}")
    if len(found) != 1:
        raise _Broken(f"La firma está incompleta o repetida: {name}.")
    return found[0]


def _algorithm(element: Any, name: str) -> str:
    return str(_child(element, name).get("Algorithm") or "")


def _references(info: Any) -> list[_Reference]:
    found = info.findall(f"{_DS}Reference")
    if not 1 <= len(found) <= _MAX_REFERENCES:
        raise _Broken(f"La firma trae {len(found)} referencias.")
    return [_reference(element) for element in found]


def _reference(element: Any) -> _Reference:
    digest = _DIGESTS.get(_algorithm(element, "DigestMethod"))
    if digest is None:
        raise _Broken("La firma usa un resumen que no se admite (se admiten SHA-256, SHA-384 y SHA-512).")
    return _Reference(
        uri=str(element.get("URI") or ""),
        kind=str(element.get("Type") or ""),
        transforms=tuple(element.findall(f"{_DS}Transforms/{_DS}Transform")),
        digest=digest,
        value=_decode(_child(element, "DigestValue")),
    )


def _decode(element: Any) -> bytes:
    try:
        return base64.b64decode("".join(tree.raw_text(element).split()), validate=True)
    except (binascii.Error, ValueError):
        raise _Broken("La firma trae un valor que no es base64.") from None


def _refuse_duplicated_ids(root: Any, references: list[_Reference]) -> None:
    wanted = {reference.uri[1:] for reference in references if reference.uri.startswith("#")}
    seen: set[str] = set()
    for value in root.xpath("//@Id | //@ID | //@id"):
        if value in wanted and value in seen:
            raise refuse(
                "ids_duplicados",
                "El documento repite un identificador al que se refiere su firma: así se disfraza un documento falso.",
                "No lo contabilice; pida el original a quien lo emitió.",
            )
        seen.add(value)


def _certificates(signature: Any) -> list[x509.Certificate]:
    info = _child(signature, "KeyInfo")
    found = info.findall(f"{_DS}X509Data/{_DS}X509Certificate")[:_MAX_CERTIFICATES]
    loaded = [
        certificate for certificate in (certificates.load_der(_decode(element)) for element in found) if certificate
    ]
    if not loaded:
        raise _Broken("La firma no trae un certificado que se pueda leer.")
    return loaded


def _signer(chain: list[x509.Certificate], properties: SignedProperties) -> x509.Certificate:
    return next((certificate for certificate in chain if properties.names(certificate)), chain[0])


def _verify_value(signature: Any, info: Any, leaf: x509.Certificate) -> str:
    algorithm = _algorithm(info, "SignatureMethod")
    digest = _SIGNATURES.get(algorithm)
    key = leaf.public_key()
    if digest is None or not isinstance(key, rsa.RSAPublicKey) or key.key_size > 16_384:
        raise _Broken("La firma usa un algoritmo que no se admite (se admite RSA con SHA-256, SHA-384 o SHA-512).")
    canonical = c14n.canonical_element(info, _method(_child(info, "CanonicalizationMethod")))
    try:
        key.verify(_decode(_child(signature, "SignatureValue")), canonical, padding.PKCS1v15(), digest)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        raise _Broken("El valor de la firma es falso: no fue hecho con la clave del certificado que trae.") from None
    return algorithm.rpartition("#")[2]


def _broken_parts(root: Any, signature: Any, references: list[_Reference]) -> set[str]:
    """Which of document, certificate and properties no longer have the digest that was signed."""
    broken: set[str] = set()
    covered: set[str] = set()
    for reference in references:
        part, canonical = _referred(root, signature, reference)
        if part in covered:
            raise _Broken("La firma se refiere dos veces a la misma parte.")
        covered.add(part)
        digest = hashlib.new(reference.digest, canonical).digest()
        if not hmac.compare_digest(digest, reference.value):
            broken.add(part)
    if "documento" not in covered:
        raise _Broken("La firma no cubre el documento completo.")
    return broken


def _referred(root: Any, signature: Any, reference: _Reference) -> tuple[str, bytes]:
    target = reference.uri.removeprefix("#")
    if reference.uri == "" or target in _ids(root):
        return "documento", _enveloped(root, signature, reference)
    method = _only_canonicalisation(reference)
    info = _child(signature, "KeyInfo")
    if target in _ids(info):
        return "certificado", c14n.canonical_element(info, method)
    for properties in tree.many(signature, "ds:Object/xades:QualifyingProperties/xades:SignedProperties"):
        if target in _ids(properties):
            return "propiedades", c14n.canonical_element(properties, method)
    for element in signature.iter():  # any other piece of this signature must hold too, and covers nothing
        if isinstance(element.tag, str) and target in _ids(element):
            return f"propiedades:{target}", c14n.canonical_element(element, method)
    raise _Broken("La firma se refiere a una parte que no es el documento ni suya: no cubre lo que se lee.")


def _ids(element: Any) -> set[str]:
    return {str(value) for value in (element.get("Id"), element.get("ID"), element.get("id")) if value}


def _enveloped(root: Any, signature: Any, reference: _Reference) -> bytes:
    names = [str(transform.get("Algorithm") or "") for transform in reference.transforms]
    if not names or names[0] != _ENVELOPED or len(names) > 2:
        raise _Broken("La firma no es envuelta (enveloped) o transforma el documento de otra manera.")
    method = _method(reference.transforms[1]) if len(names) == 2 else c14n.INCLUSIVE
    with c14n.without(signature):
        if reference.uri == "":
            return c14n.canonical_document(root, method)
        return c14n.canonical_element(root, method)


def _only_canonicalisation(reference: _Reference) -> c14n.Method:
    if len(reference.transforms) > 1:
        raise _Broken("La firma usa una transformación que no se admite.")
    return _method(reference.transforms[0]) if reference.transforms else c14n.INCLUSIVE


def _method(element: Any) -> c14n.Method:
    method = c14n.METHODS.get(str(element.get("Algorithm") or ""))
    if method is None:
        raise _Broken("La firma usa una transformación que no se admite.")
    prefixes = next(
        (str(child.get("PrefixList") or "") for child in element if tree.local(child) == "InclusiveNamespaces"), ""
    )
    return c14n.Method(method.exclusive, method.comments, tuple(prefixes.split()[:50]))


def _remarks(leaf: x509.Certificate, properties: SignedProperties) -> list[str]:
    remarks = []
    if not properties.presentes:
        remarks.append("La firma no trae propiedades XAdES: no dice cuándo ni con qué política se firmó.")
    elif properties.digests and not properties.names(leaf):
        remarks.append("El certificado que trae la firma no es el que nombran sus propiedades firmadas.")
    if properties.politica is Politica.OTRA:
        remarks.append("La política de firma no es la de la DIAN.")
    if properties.presentes and properties.politica is Politica.AUSENTE:
        remarks.append("La firma no declara la política de firma de la DIAN.")
    return remarks
