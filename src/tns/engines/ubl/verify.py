"""One call from bytes to verdicts: opens, reads and verifies every document of an input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from tns.engines.ubl import attached, containers, reader, safe_xml
from tns.engines.ubl.arithmetic import RevisionTotales, check_totals
from tns.engines.ubl.code_check import EstadoCodigo, RevisionCodigo, check_code, check_software_code
from tns.engines.ubl.codes import Claves
from tns.engines.ubl.containers import Budget
from tns.engines.ubl.errors import DocumentoRechazado, refuse
from tns.engines.ubl.limits import DEFAULT_LIMITS, Limits
from tns.engines.ubl.model import Documento
from tns.engines.ubl.signature import Firma, check_signature


@dataclass(frozen=True, slots=True)
class Revision:
    """One document read and verified on its own."""

    documento: Documento
    codigo: RevisionCodigo
    firma: Firma
    totales: RevisionTotales | None
    codigo_seguridad: EstadoCodigo


@dataclass(frozen=True, slots=True)
class Verificacion:
    """What came out of one XML of the input: a revision, or a refusal (perhaps inside a container that was read).

    Attributes:
        ruta: labels of the containers it came in, from outside in.
        revision: the commercial document (the one inside, when it came in an AttachedDocument).
        contenedor: the AttachedDocument around it, verified too.
        respuestas: ApplicationResponse documents that came with it (DIAN's verdict).
        xml: the exact bytes of the commercial document as they were read.
        avisos: what a person should know, in Spanish.
    """

    ruta: tuple[str, ...]
    revision: Revision | None = None
    contenedor: Revision | None = None
    respuestas: tuple[Revision, ...] = ()
    xml: bytes = b""
    avisos: tuple[str, ...] = ()
    rechazo: DocumentoRechazado | None = None


class Verifier:
    """Verifies inputs with given keys, roots and limits."""

    def __init__(
        self,
        keys: Claves | None = None,
        *,
        ambiente: str = "",
        roots: Sequence[x509.Certificate] = (),
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.keys = keys or Claves()
        self.ambiente = ambiente
        self.roots = tuple(roots)
        self.limits = limits

    def file(self, data: bytes, budget: Budget | None = None) -> Iterator[Verificacion]:
        """Every document of one file (XML, ZIP or message), as they are found; never raises for bad input.

        Files that come together share a `budget`, so that many cost no more than one may.
        """
        budget = budget or Budget(self.limits)
        for piece in containers.unpack(data, self.limits, budget):
            if piece.rechazo is not None:
                yield Verificacion(piece.ruta, rechazo=piece.rechazo)
                continue
            try:
                yield self._document(piece.xml, piece.ruta, budget)
            except DocumentoRechazado as reason:
                yield Verificacion(piece.ruta, rechazo=reason)

    def _document(self, xml: bytes, route: tuple[str, ...], budget: Budget, level: int = 0) -> Verificacion:
        root = safe_xml.parse(xml, self.limits)
        revision = self._revise(root)
        if revision.documento.raiz != "AttachedDocument":
            return Verificacion(route, revision, xml=xml, avisos=_warnings(revision))
        if level >= self.limits.nesting:
            raise refuse("anidamiento_excesivo", "Hay demasiados contenedores uno dentro de otro.")
        try:
            inside = attached.document_of(root)
            budget.spend(len(inside))
            found = self._document(inside, (*route, "AttachedDocument"), budget, level + 1)
        except DocumentoRechazado as reason:
            return Verificacion(route, contenedor=revision, rechazo=reason)
        if found.rechazo is not None:
            return Verificacion(route, contenedor=revision, rechazo=found.rechazo)
        answers, warnings = self._answers(root, found.revision, budget)
        assert found.revision is not None  # noqa: S101  a refusal would have been raised
        warnings += _container_warnings(revision, found.revision)
        return Verificacion(
            route,
            found.revision,
            contenedor=revision,
            respuestas=(*answers, *found.respuestas),
            xml=found.xml,
            avisos=(*found.avisos, *warnings),
        )

    def _revise(self, root: Any) -> Revision:
        document = reader.read(root)
        return Revision(
            documento=document,
            codigo=check_code(document, self.keys, self.ambiente),
            firma=check_signature(root, self.roots),
            totales=check_totals(document),
            codigo_seguridad=check_software_code(document, self.keys),
        )

    def _answers(self, root: Any, revision: Revision | None, budget: Budget) -> tuple[list[Revision], list[str]]:
        answers: list[Revision] = []
        warnings: list[str] = []
        for xml in attached.answers_of(root):
            budget.spend(len(xml))
            try:
                answer = self._revise(safe_xml.parse(xml, self.limits))
            except DocumentoRechazado as reason:
                warnings.append(f"La respuesta de la DIAN que trae el contenedor no se pudo leer: {reason.detalle}")
                continue
            answers.append(answer)
            warnings += _answer_warnings(answer, revision)
        return answers, warnings


def _warnings(revision: Revision) -> tuple[str, ...]:
    return (*revision.documento.problemas, *revision.firma.observaciones)


def _container_warnings(container: Revision, inside: Revision) -> list[str]:
    warnings = []
    if container.firma.estado in ("cuerpo_alterado", "firma_falsa"):
        warnings.append(f"El contenedor (AttachedDocument): {container.firma.motivo}")
    parent = next((r.numero for r in container.documento.referencias if r.clase == "factura"), "")
    if parent and parent != inside.documento.numero:
        warnings.append(f"El contenedor anuncia el documento {parent} y trae el {inside.documento.numero}.")
    return warnings


def _answer_warnings(answer: Revision, revision: Revision | None) -> list[str]:
    event = answer.documento.evento
    if event is None or revision is None:
        return []
    warnings = []
    declared = revision.documento.codigo.lower()
    if event.documento_codigo and event.documento_codigo.lower() != declared:
        warnings.append("La respuesta de la DIAN que trae el contenedor es de otro documento.")
    if answer.firma.estado in ("cuerpo_alterado", "firma_falsa"):
        warnings.append(f"La respuesta de la DIAN: {answer.firma.motivo}")
    if event.codigo == "04":
        warnings.append("La DIAN rechazó este documento.")
    return warnings
