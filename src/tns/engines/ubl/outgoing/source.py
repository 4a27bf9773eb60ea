"""Reads a document from a company's Firebird and writes the verdict back; columns that a version lacks are left out."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tns.engines.errors import TNSError
from tns.engines.sources import firebird, firebird_errors
from tns.engines.sources.firebird import FirebirdConnection
from tns.engines.sources.firebird_rows import fetch_rows
from tns.engines.sources.info import ConnectionInfo, SourceKind
from tns.engines.ubl.outgoing import pieces, values
from tns.engines.ubl.outgoing.document import DocumentoTNS, FacturaReferida, PagoTNS, Renglon, Retencion

CODCOMPS = ("FV", "DV", "FC", "DC")
_TABLES = (
    "KARDEX", "DEKARDEX", "MATERIAL", "TERCEROS", "CIUDANE", "PREFIJO", "CODIGOSUNIDADES", "DEKARDEXDTO", "CONCEPTO",
    "DEKARDEXFP", "MEDIOPAGO", "MOTIVODEV", "VARIOS",
)  # fmt: skip
_HEADER = (
    "KARDEXID", "CODCOMP", "CODPREFIJO", "NUMERO", "FECHA", "HORA", "FECASENTAD", "FECANULADO", "FORMAPAGO",
    "PLAZODIAS",
    "FECVENCE", "OBSERV", "VRBASE", "VRIVA", "VRICONSUMO", "VRRFTE", "VRRICA", "VRRIVA", "TOTAL", "NUMEROFACTANT",
    "NROFACPROV", "CUFE", "ESTADODIAN", "MENSAJEFE",
)  # fmt: skip
_LINE = ("CANLISTA", "CANMAT", "PRECIOBASE", "PRECIOICONSUMO", "PORCIVA", "DESCUENTO", "PARCVTA")
_PARTY = ("NIT", "NITTRI", "DV", "NOMBRE", "TELEF1", "DIRECC1", "EMAIL", "TIPODOCIDEN", "NATJURIDICA")
_SETTINGS = ("TOKENDIANVM", "ENDPOINTDIANVM", "CABECERADIANVM", "FOOTERDIANVM")


class DocumentoNoEncontrado(TNSError):
    codigo = "documento_no_encontrado"
    que_hacer_por_defecto = "Revise el identificador (KARDEXID) y el año fiscal de la empresa."


class BaseSinKardex(TNSError):
    codigo = "base_sin_kardex"
    que_hacer_por_defecto = "Solo se envían documentos de bases de Visual TNS (KARDEX, DEKARDEX, TERCEROS)."


@dataclass(frozen=True, slots=True)
class Candidato:
    """A document that could be sent, as the list of a batch needs it."""

    kardex_id: int
    referencia: str
    cufe: str
    estado_dian: str


class Kardex:
    """A company's KARDEX, open; use it as a context manager. Every method raises SourceError."""

    def __init__(self, connection: FirebirdConnection) -> None:
        self.connection = connection
        self.columns = self._columns()
        self._settings: dict[str, str] | None = None
        needed = {"KARDEX": {"KARDEXID", "CODCOMP", "FECASENTAD"}, "DEKARDEX": {"KARDEXID"}, "TERCEROS": {"TERID"}}
        missing = sorted(table for table, names in needed.items() if not names <= self.columns.get(table, frozenset()))
        if missing:
            connection.close()
            raise BaseSinKardex(f"La base de la empresa no tiene las tablas {', '.join(missing)} de Visual TNS.")

    def __enter__(self) -> Kardex:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def _columns(self) -> dict[str, frozenset[str]]:
        marks = ", ".join(f"'{name}'" for name in _TABLES)
        found: dict[str, set[str]] = {}
        for table, column in self.connection.rows(
            "SELECT TRIM(RDB$RELATION_NAME), TRIM(RDB$FIELD_NAME) FROM RDB$RELATION_FIELDS"  # noqa: S608  our constants
            f" WHERE RDB$RELATION_NAME IN ({marks})"
        ):
            found.setdefault(str(table), set()).add(str(column))
        return {table: frozenset(names) for table, names in found.items()}

    def has(self, table: str, *names: str) -> bool:
        return set(names) <= self.columns.get(table, frozenset())

    def _select(self, table: str, alias: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(name, f"{alias}.{name}" if self.has(table, name) else "NULL") for name in names]

    def _rows(self, columns: list[tuple[str, str]], source: str, *params: object) -> Iterator[dict[str, Any]]:
        sql = "SELECT " + ", ".join(f"{value} AS C{i}" for i, (_, value) in enumerate(columns)) + " " + source
        for row in fetch_rows(self.connection, sql, params):
            yield {
                name: value.strip() if isinstance(value, str) else value
                for (name, _), value in zip(columns, row, strict=True)
            }

    def document(self, kardex_id: int) -> DocumentoTNS:
        """One document with lines, withholdings, payments and the invoice it corrects; DocumentoNoEncontrado."""
        header = next(self._headers("WHERE k.KARDEXID = ?", kardex_id), None)
        if header is None:
            raise DocumentoNoEncontrado(f"No hay un documento con KARDEXID {kardex_id} en la base de la empresa.")
        return self._assemble(header)

    def settings(self) -> dict[str, str]:
        """VARIOS: token and address of the provider, texts of the document; read once."""
        if self._settings is None:
            self._settings = self._read_settings()
        return self._settings

    def _read_settings(self) -> dict[str, str]:
        if not self.has("VARIOS", "VARIAB", "CONTENIDO"):
            return {}
        marks = ", ".join(f"'{name}'" for name in _SETTINGS)
        columns = [("VARIAB", "v.VARIAB"), ("CONTENIDO", "CAST(v.CONTENIDO AS VARCHAR(500))")]
        rows = self._rows(columns, f"FROM VARIOS v WHERE TRIM(v.VARIAB) IN ({marks})")
        return {str(row["VARIAB"]): str(row["CONTENIDO"] or "") for row in rows}

    @property
    def _knows_electronic(self) -> bool:
        return self.has("PREFIJO", "CODPREFIJO", "FACTELECTRONICA")

    def candidates(self, desde: date, hasta: date, codcomps: tuple[str, ...]) -> list[Candidato]:
        """Posted, not void documents of the range whose prefix is electronic, in order of date and number."""
        voided = "AND k.FECANULADO IS NULL" if self.has("KARDEX", "FECANULADO") else ""
        electronic = "AND p.FACTELECTRONICA = 'S'"
        if not self._knows_electronic:  # then nothing tells a support document from any other purchase
            electronic, codcomps = "", tuple(kind for kind in codcomps if kind in ("FV", "DV"))
        kinds = ", ".join(f"'{kind}'" for kind in codcomps if kind in CODCOMPS) or "''"
        prefix = "LEFT JOIN PREFIJO p ON p.CODPREFIJO = k.CODPREFIJO" if electronic else ""
        columns = self._select("KARDEX", "k", ("KARDEXID", "CODCOMP", "CODPREFIJO", "NUMERO", "CUFE", "ESTADODIAN"))
        rows = self._rows(
            columns,
            f"FROM KARDEX k {prefix} LEFT JOIN TERCEROS t ON t.TERID = k.CLIENTE"
            f" WHERE k.FECASENTAD IS NOT NULL {voided} AND CAST(k.FECHA AS DATE) BETWEEN ? AND ?"
            f" AND TRIM(k.CODCOMP) IN ({kinds}) {electronic}"
            " AND (t.NIT IS NULL OR UPPER(TRIM(t.NIT)) <> 'ANULA') ORDER BY k.FECHA, k.KARDEXID",
            desde,
            hasta,
        )
        return [
            Candidato(
                row["KARDEXID"],
                " ".join(str(row[name] or "") for name in ("CODCOMP", "CODPREFIJO", "NUMERO")).strip(),
                str(row["CUFE"] or ""),
                str(row["ESTADODIAN"] or ""),
            )
            for row in rows
        ]

    def write_verdict(self, kardex_id: int, *, cufe: str, estado: str, mensaje: str) -> None:
        """Write CUFE, ESTADODIAN and MENSAJEFE; doing it twice leaves the same. Raises SourceError."""
        from firebird.driver import DatabaseError

        verdict = {"CUFE": cufe[:96], "ESTADODIAN": estado, "MENSAJEFE": self._fitting(mensaje)}
        present = {name: value for name, value in verdict.items() if self.has("KARDEX", name) and value}
        if not present:
            return
        sets = ", ".join(f"{name} = ?" for name in present)
        raw = self.connection.raw
        try:
            cursor = raw.cursor()
            cursor.execute(f"UPDATE KARDEX SET {sets} WHERE KARDEXID = ?", (*present.values(), kardex_id))  # noqa: S608
            raw.commit()
        except DatabaseError as error:
            with contextlib.suppress(DatabaseError):
                raw.rollback()
            raise firebird_errors.reading(error, address=self.connection.info.address) from error

    def _fitting(self, text: str) -> str:
        """What fits in MENSAJEFE: 250 characters of the database's own charset."""
        codec = self.connection.reading.codec
        return text.encode(codec, "replace").decode(codec)[:250] if codec != "utf-8" else text[:250]

    # --- reading a document ---------------------------------------------------------------------------------------
    def _headers(self, where: str, *params: object) -> Iterator[dict[str, Any]]:
        columns = self._select("KARDEX", "k", _HEADER)
        columns += [(f"T_{name}", value) for name, value in self._select("TERCEROS", "t", _PARTY)]
        joins = "LEFT JOIN TERCEROS t ON t.TERID = k.CLIENTE "
        if self.has("CIUDANE", "CIUDANEID", "CODMIN") and self.has("TERCEROS", "CIUDANEID"):
            joins += "LEFT JOIN CIUDANE c ON c.CIUDANEID = t.CIUDANEID "
            columns.append(("CIUDAD", "c.CODMIN"))
        if self.has("PREFIJO", "CODPREFIJO"):
            joins += "LEFT JOIN PREFIJO p ON p.CODPREFIJO = k.CODPREFIJO "
            columns += self._select("PREFIJO", "p", ("PREIMP", "RESOLUCION", "CONTINGENCIA", "FACTELECTRONICA"))
        if self.has("MOTIVODEV", "MOTIVODEVID", "CODFACTELECT") and self.has("KARDEX", "MOTIVODEVID"):
            joins += "LEFT JOIN MOTIVODEV m ON m.MOTIVODEVID = k.MOTIVODEVID "
            columns.append(("CODFACTELECT", "m.CODFACTELECT"))
        yield from self._rows(columns, f"FROM KARDEX k {joins}{where}", *params)

    def _assemble(self, row: dict[str, Any]) -> DocumentoTNS:
        kardex_id, problems = int(row["KARDEXID"]), []
        base = values.money(row["VRBASE"])
        lines, problem = self._lines(kardex_id, base)
        problems += [problem] if problem else []
        problems += pieces.tax_problem(lines, values.money(row["VRIVA"]))
        announced = values.text(row["NUMEROFACTANT"]) or (
            values.text(row["NROFACPROV"]) if values.text(row["CODCOMP"]) == "DC" else ""
        )
        return DocumentoTNS(
            kardex_id=kardex_id,
            codcomp=values.text(row["CODCOMP"]),
            codprefijo=values.text(row["CODPREFIJO"]),
            prefijo=values.text(row.get("PREIMP")) or values.text(row["CODPREFIJO"]),
            numero=values.text(row["NUMERO"]),
            fecha=values.day(row["FECHA"]),
            hora=values.clock(values.text(row["HORA"])),
            asentado=row["FECASENTAD"] is not None,
            anulado=row["FECANULADO"] is not None or values.text(row["T_NIT"]).upper() == "ANULA",
            resolucion=values.text(row.get("RESOLUCION")),
            contingencia=values.text(row.get("CONTINGENCIA")).upper() == "S",
            forma_pago=values.text(row["FORMAPAGO"]).upper(),
            plazo_dias=int(row["PLAZODIAS"] or 0),
            vence=values.day(row["FECVENCE"]),
            observaciones=values.text(row["OBSERV"]),
            motivo_devolucion=values.text(row.get("CODFACTELECT")),
            tercero=pieces.party(row),
            base=base,
            iva=values.money(row["VRIVA"]),
            consumo=values.money(row["VRICONSUMO"]),
            total=values.money(row["TOTAL"]),
            cufe=values.text(row["CUFE"]),
            estado_dian=values.text(row["ESTADODIAN"]).upper(),
            mensaje=values.text(row["MENSAJEFE"]),
            renglones=lines,
            retenciones=self._withholdings(kardex_id, row),
            pagos=self._payments(kardex_id),
            factura=self._invoice(announced, row) if announced else None,
            factura_anunciada=announced,
            puede_escribirse=self.has("KARDEX", "CUFE", "ESTADODIAN", "MENSAJEFE"),
            electronico=values.text(row.get("FACTELECTRONICA")).upper() == "S" or not self._knows_electronic,
            problemas=tuple(problems),
        )

    def _lines(self, kardex_id: int, header_base: Decimal) -> tuple[tuple[Renglon, ...], str]:
        columns = self._select("DEKARDEX", "d", _LINE)
        columns += [("CODIGO", "m.CODIGO"), ("DESCRIP", "m.DESCRIP")]
        joins = "LEFT JOIN MATERIAL m ON m.MATID = d.MATID "
        if self.has("CODIGOSUNIDADES", "CODUNIDADID", "CODIGO") and self.has("MATERIAL", "CODUNIDADID"):
            joins += "LEFT JOIN CODIGOSUNIDADES u ON u.CODUNIDADID = m.CODUNIDADID "
            columns.append(("UNIDAD", "u.CODIGO"))
        order = "ORDER BY d.DEKARDEXID" if self.has("DEKARDEX", "DEKARDEXID") else ""
        found = list(self._rows(columns, f"FROM DEKARDEX d {joins}WHERE d.KARDEXID = ? {order}", kardex_id))
        rows = [row for row in found if not values.text(row["CODIGO"]).endswith(".")]
        quantity, gap = pieces.which_quantity(rows, header_base)
        lines = tuple(pieces.line(row, quantity) for row in rows)
        slack = Decimal(2) + values.CENT * len(lines)
        if lines and header_base and gap > slack:
            return lines, f"los renglones suman {sum(line.base for line in lines)} y el encabezado dice {header_base}"
        return lines, ""

    def _withholdings(self, kardex_id: int, header: dict[str, Any]) -> tuple[Retencion, ...]:
        found: list[Retencion] = []
        if self.has("DEKARDEXDTO", "KARDEXID", "VALORDTO", "CONCID") and self.has("CONCEPTO", "CONCID", "RETTIPO"):
            columns = [*self._select("DEKARDEXDTO", "r", ("BASERETD", "PORCRETD", "VALORDTO")), ("TIPO", "c.RETTIPO")]
            source = "FROM DEKARDEXDTO r JOIN CONCEPTO c ON c.CONCID = r.CONCID WHERE r.KARDEXID = ?"
            for row in self._rows(columns, source, kardex_id):
                kind, value = values.text(row["TIPO"]).upper(), values.money(row["VALORDTO"])
                if kind in ("I", "R", "C") and value:
                    found.append(
                        pieces.withholding(kind, values.money(row["BASERETD"]), values.number(row["PORCRETD"]), value)
                    )
        kinds = {item.tipo for item in found}
        for kind, column, base in (("R", "VRRFTE", "VRBASE"), ("C", "VRRICA", "VRBASE"), ("I", "VRRIVA", "VRIVA")):
            value = values.money(header[column])
            if value and kind not in kinds:  # the header keeps it although no row of detail tells it
                found.append(pieces.withholding(kind, values.money(header[base]), Decimal(0), value))
        return tuple(found)

    def _payments(self, kardex_id: int) -> tuple[PagoTNS, ...]:
        if not (
            self.has("DEKARDEXFP", "KARDEXID", "MEDIOPAGOID", "VALOR")
            and self.has("MEDIOPAGO", "MEDIOPAGOID", "CODIGO")
        ):
            return ()
        columns = [("MEDIO", "m.CODIGO"), ("VALOR", "f.VALOR")]
        source = "FROM DEKARDEXFP f JOIN MEDIOPAGO m ON m.MEDIOPAGOID = f.MEDIOPAGOID WHERE f.KARDEXID = ?"
        rows = self._rows(columns, source, kardex_id)
        return tuple(PagoTNS(values.text(row["MEDIO"]), values.money(row["VALOR"])) for row in rows)

    def _invoice(self, announced: str, note: dict[str, Any]) -> FacturaReferida | None:
        """The invoice that a note announces ("FE000123", "FE-123", "123"), among those of the same third party."""
        digits = re.search(r"(\d+)\s*$", announced)
        if digits is None:
            return None
        number = digits.group(1).lstrip("0") or "0"
        letters = re.sub(r"[^A-Z0-9]", "", announced[: digits.start()].upper())
        kind = "FC" if values.text(note["CODCOMP"]) == "DC" else "FV"
        marks = sorted({number, digits.group(1), *(number.zfill(width) for width in range(4, 13))})
        where = f"WHERE k.CODCOMP = ? AND k.NUMERO IN ({', '.join('?' * len(marks))}) ORDER BY k.FECHA DESC"
        for row in self._headers(where, kind, *marks):
            prefixes = {values.text(row["CODPREFIJO"]).upper(), values.text(row.get("PREIMP")).upper()}
            if values.text(row["T_NIT"]) == values.text(note["T_NIT"]) and (not letters or letters in prefixes):
                prefix = values.text(row.get("PREIMP")) or values.text(row["CODPREFIJO"])
                return FacturaReferida(f"{prefix}{number}", values.text(row["CUFE"]), values.day(row["FECHA"]))
        return None


def open_kardex(info: ConnectionInfo, *, timeout: float = 12.0) -> Kardex:
    """Connect to a company's own database; raises SourceError and BaseSinKardex."""
    if info.kind is not SourceKind.FIREBIRD:
        raise BaseSinKardex("Solo se envían documentos de bases Firebird de Visual TNS.")
    connection = firebird.connect(info, timeout=timeout)
    try:
        return Kardex(connection)
    except BaseException:
        connection.close()
        raise
