"""Reads ApplicationResponse: RADIAN events of the buyer, and DIAN's own verdict with its rules."""

from __future__ import annotations

from typing import Any

from tns.engines.ubl import tree
from tns.engines.ubl.model import Documento, Evento, Regla, Software
from tns.engines.ubl.parties import read_party

_MAX_RULES = 500


def read_event(root: Any) -> Documento:
    """Read an ApplicationResponse."""
    dian = next(tree.extensions(root, "DianExtensions"), None)
    answer = tree.one(root, "cac:DocumentResponse")
    reference = tree.one(answer, "cac:DocumentReference")
    event = Evento(
        codigo=tree.text(answer, "cac:Response/cbc:ResponseCode"),
        descripcion=tree.text(answer, "cac:Response/cbc:Description"),
        motivo=tree.attribute(answer, "cac:Response/cbc:ResponseCode", "listID"),
        documento_numero=tree.text(reference, "cbc:ID"),
        documento_codigo=tree.text(reference, "cbc:UUID"),
        documento_tipo=tree.text(reference, "cbc:DocumentTypeCode"),
        reglas=_rules(answer, rejected=tree.text(answer, "cac:Response/cbc:ResponseCode") == "04"),
    )
    return Documento(
        raiz="ApplicationResponse",
        tipo="96",
        numero=tree.text(root, "cbc:ID"),
        codigo=tree.text(root, "cbc:UUID"),
        algoritmo_codigo=tree.attribute(root, "cbc:UUID", "schemeName"),
        ambiente=tree.text(root, "cbc:ProfileExecutionID") or tree.attribute(root, "cbc:UUID", "schemeID"),
        fecha=tree.text(root, "cbc:IssueDate"),
        hora=tree.text(root, "cbc:IssueTime"),
        emisor=read_party(tree.one(root, "cac:SenderParty")),
        receptor=read_party(tree.one(root, "cac:ReceiverParty")),
        operacion=tree.text(root, "cbc:CustomizationID"),
        perfil=tree.text(root, "cbc:ProfileID"),
        notas=tuple(tree.text(note) for note in tree.many(root, "cbc:Note")),
        software=_software(dian),
        qr=tree.text_local(dian, "QRCode") if dian is not None else "",
        evento=event,
    )


def _rules(answer: Any, *, rejected: bool) -> tuple[Regla, ...]:
    rules = []
    for line in tree.many(answer, "cac:LineResponse")[:_MAX_RULES]:
        for item in tree.many(line, "cac:Response"):
            code = tree.text(item, "cbc:ResponseCode")
            message = tree.text(item, "cbc:Description")
            if code in ("", "0000"):  # "0000" introduces the list; it is no rule
                continue
            lowered = message.lower()
            breaks = "rechazo" in lowered or (rejected and "notificaci" not in lowered)
            kind = "rechazo" if breaks else "notificacion"
            rules.append(Regla(codigo=code, clase=kind, mensaje=message))
    return tuple(rules)


def _software(dian: Any) -> Software:
    if dian is None:
        return Software()
    return Software(
        proveedor=tree.text_local(dian, "SoftwareProvider", "ProviderID"),
        identificador=tree.text_local(dian, "SoftwareProvider", "SoftwareID"),
        codigo_seguridad=tree.text_local(dian, "SoftwareSecurityCode"),
    )
