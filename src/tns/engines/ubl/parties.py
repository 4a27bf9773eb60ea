"""Reads the parties of a document."""

from __future__ import annotations

from typing import Any

from tns.engines.ubl import tree
from tns.engines.ubl.model import Identificacion, Parte

_IDS = (
    "cac:PartyTaxScheme/cbc:CompanyID",
    "cac:PartyLegalEntity/cbc:CompanyID",
    "cac:PartyIdentification/cbc:ID",
)
_ADDRESSES = (
    "cac:PhysicalLocation/cac:Address",
    "cac:PartyTaxScheme/cac:RegistrationAddress",
    "cac:PartyLegalEntity/cac:RegistrationAddress",
    "cac:PostalAddress",
)


def read_party(element: Any) -> Parte:
    """Read an AccountingSupplierParty, AccountingCustomerParty, SenderParty or ReceiverParty; empty when absent."""
    if element is None:
        return Parte()
    party = tree.one(element, "cac:Party")
    account = tree.text(element, "cbc:AdditionalAccountID")
    if party is None:  # SenderParty and ReceiverParty are the party themselves
        party = element
    address = next((found for found in (tree.one(party, where) for where in _ADDRESSES) if found is not None), None)
    levels = tree.text(party, "cac:PartyTaxScheme/cbc:TaxLevelCode")
    return Parte(
        identificacion=_identification(party),
        razon_social=tree.text(party, "cac:PartyTaxScheme/cbc:RegistrationName")
        or tree.text(party, "cac:PartyLegalEntity/cbc:RegistrationName")
        or _person(party),
        nombre_comercial=tree.text(party, "cac:PartyName/cbc:Name"),
        tipo_persona=account,
        responsabilidades=tuple(level.strip() for level in levels.split(";") if level.strip())[:30],
        direccion=tree.text(address, "cac:AddressLine/cbc:Line"),
        ciudad=tree.text(address, "cbc:CityName"),
        codigo_ciudad=tree.text(address, "cbc:ID"),
        departamento=tree.text(address, "cbc:CountrySubentity"),
        pais=tree.text(address, "cac:Country/cbc:IdentificationCode"),
        correo=tree.text(party, "cac:Contact/cbc:ElectronicMail"),
        telefono=tree.text(party, "cac:Contact/cbc:Telephone"),
    )


def _identification(party: Any) -> Identificacion:
    for where in _IDS:
        found = tree.one(party, where)
        if found is not None and tree.text(found):
            return Identificacion(
                numero=tree.text(found, limit=60),
                dv=tree.attribute(found, "", "schemeID"),
                tipo=tree.attribute(found, "", "schemeName"),
            )
    return Identificacion()


def _person(party: Any) -> str:
    parts = (tree.text(party, f"cac:Person/cbc:{name}") for name in ("FirstName", "MiddleName", "FamilyName"))
    return " ".join(filter(None, parts))
