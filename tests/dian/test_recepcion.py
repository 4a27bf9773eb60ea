"""Receiving: what is kept, what is refused, what is said of it, and who may see it."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.engines.ubl.fabrica import Receta, cdata, contenedor, documento, evento, firmar, zip_de
from tns.dian import recepcion
from tns.dian.models import ArchivoRecibido, DocumentoRecibido

RECIBIR = "/api/dian-processor/recibir/"
RECIBIDOS = "/api/dian-processor/recibidos/"


def subir(cliente: Any, **archivos: bytes) -> Any:
    """Post files; `__` in a name stands for a dot."""
    subidas = [SimpleUploadedFile(nombre.replace("__", "."), datos) for nombre, datos in archivos.items()]
    return cliente.post(RECIBIR, {"archivos": subidas}, format="multipart")


def test_an_invoice_in_a_zip_is_read_verified_and_kept_with_its_bytes(mundo: Any) -> None:
    adjunto = firmar(contenedor(cdata(firmar(documento())), cdata(evento("02", de="800197268"))))
    datos = zip_de(ad__xml=adjunto, grafica__pdf=b"%PDF-1.4")
    respuesta = subir(mundo.operador, compra__zip=datos)
    assert respuesta.status_code == 200, respuesta.content
    assert (respuesta.json()["nuevos"], respuesta.json()["rechazados"]) == (1, 0)
    fila = DocumentoRecibido.objects.get()
    assert fila.empresa_servidor == mundo.andina
    assert (fila.sentido, fila.nit_base, fila.emisor_nit) == ("recibido", "800197268", "900373115")
    assert (fila.estado_codigo, fila.estado_firma, fila.estado_totales) == ("no_verificable", "valida", "ok")
    assert fila.veredicto_dian == "02"
    assert bytes(fila.archivo.contenido) == datos
    descarga = mundo.lector.get(f"{RECIBIDOS}{fila.id}/original/")
    assert descarga.content == datos
    assert "attachment" in descarga["Content-Disposition"]
    assert mundo.lector.get(f"{RECIBIDOS}{fila.id}/xml/").content == bytes(fila.xml)


def test_the_same_document_is_kept_once_however_it_arrives(mundo: Any) -> None:
    firmado = firmar(documento())
    subir(mundo.operador, a__xml=firmado)
    otra = subir(
        mundo.operador, b__zip=zip_de(x__xml=contenedor(cdata(firmado))), c__xml=b"\xef\xbb\xbf" + firmado
    ).json()
    assert (otra["nuevos"], otra["repetidos"]) == (0, 2)
    assert otra["resultados"][0]["documento"]["id"] == DocumentoRecibido.objects.get().id


def test_another_content_under_the_same_code_is_kept_and_marked(mundo: Any) -> None:
    firmado = firmar(documento())
    subir(mundo.operador, buena__xml=firmado)
    falsa = firmado.replace(b"1000.00", b"1900.00")
    respuesta = subir(mundo.operador, falsa__xml=falsa).json()
    assert respuesta["en_conflicto"] == 1
    marcada = DocumentoRecibido.objects.get(en_conflicto=True)
    assert (marcada.estado_firma, marcada.estado_totales) == ("cuerpo_alterado", "difieren")
    assert DocumentoRecibido.objects.count() == 2


def test_several_files_at_once_and_the_bad_ones_do_not_spoil_the_good(mundo: Any) -> None:
    respuesta = subir(
        mundo.operador,
        a__xml=documento(),
        b__xml=b"<!DOCTYPE a><a/>",
        c__zip=b"PK\x03\x04",
        d__pdf=b"%PDF",
        e__xml=documento(Receta(raiz="CreditNote", tipo="91", numero="NC1")),
    ).json()
    assert (respuesta["nuevos"], respuesta["rechazados"]) == (2, 3)
    motivos = {r["archivo"]: r["codigo"] for r in respuesta["resultados"] if r["resultado"] == "rechazado"}
    assert motivos == {"b.xml": "dtd_prohibida", "c.zip": "zip_danado", "d.pdf": "formato_no_admitido"}


def test_it_is_matched_by_nit_and_by_the_year_of_its_date(mundo: Any) -> None:
    subir(mundo.operador, a__xml=documento(Receta(fecha="2024-05-05", numero="A1")))
    subir(mundo.operador, b__xml=documento(Receta(receptor=("8001972684", ""), numero="A2")))
    subir(mundo.operador, c__xml=documento(Receta(receptor=("700100200", ""), numero="A3")))
    subir(mundo.operador, d__xml=documento(Receta(receptor=("1", ""), emisor=("2", ""), numero="A4")))
    filas = {f.numero: f for f in DocumentoRecibido.objects.all()}
    assert filas["A1"].empresa_servidor == mundo.andina_anterior
    assert filas["A2"].empresa_servidor == mundo.andina
    assert (filas["A3"].empresa_servidor, filas["A3"].sentido) == (mundo.boreal, "emitido")
    assert (filas["A4"].empresa_servidor, filas["A4"].nit_base) == (None, "1")


def test_what_the_company_issued_is_verified_with_its_own_keys(mundo: Any) -> None:
    from tests.engines.ubl.fabrica import CLAVE
    from tns.dian.models import ConfiguracionDian

    ConfiguracionDian.objects.create(nit_base="900373115", clave_tecnica=CLAVE, ambiente="2")
    subir(mundo.operador, a__xml=documento(Receta(receptor=("700100200", ""))))
    assert DocumentoRecibido.objects.get().estado_codigo == "verificado"


def test_nobody_keeps_nor_sees_what_is_not_his(mundo: Any) -> None:
    limitado = mundo.clientes["administrador_andina"]
    ajena = subir(limitado, a__xml=documento(Receta(receptor=("900373115", "3"), emisor=("1", ""))))
    assert ajena.json()["resultados"][0]["codigo"] == "documento_ajeno"
    subir(mundo.operador, a__xml=documento(Receta(receptor=("900373115", "3"), emisor=("1", ""))))
    fila = DocumentoRecibido.objects.get()
    assert limitado.get(RECIBIDOS).json()["count"] == 0
    for cola in ("", "html/", "pdf/", "xml/", "original/"):
        assert limitado.get(f"{RECIBIDOS}{fila.id}/{cola}").status_code == 404
    assert b"A1" not in b"".join(limitado.get(f"{RECIBIDOS}exportar/"))


@pytest.mark.parametrize(
    ("quien", "estado"), [("nadie", 401), ("sin_rol", 403), ("lector", 403), ("llave_andina", 403)]
)
def test_only_who_operates_may_receive(mundo: Any, quien: str, estado: int) -> None:
    assert subir(mundo.clientes[quien], a__xml=documento()).status_code == estado


def test_nothing_and_too_much_are_told(mundo: Any) -> None:
    assert mundo.operador.post(RECIBIR, {}, format="multipart").status_code == 400
    muchos = {f"f{n}__xml": b"<a/>" for n in range(51)}
    assert subir(mundo.operador, **muchos).status_code == 413


def test_all_the_files_of_a_request_share_one_budget(mundo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    limites = dataclasses.replace(recepcion.LIMITES, documents=3)
    monkeypatch.setattr(recepcion, "LIMITES", limites)
    archivos = {f"f{n}__xml": documento(Receta(numero=f"A{n}")) for n in range(5)}
    respuesta = subir(mundo.operador, **archivos).json()
    assert (respuesta["nuevos"], respuesta["rechazados"]) == (3, 2)
    assert {r["codigo"] for r in respuesta["resultados"][3:]} == {"demasiados_documentos"}


def test_lists_are_searched_filtered_and_ordered(mundo: Any) -> None:
    for numero, fecha in (("A1", "2025-01-01"), ("A2", "2025-02-01"), ("B3", "2025-03-01")):
        subir(mundo.operador, x__xml=documento(Receta(numero=numero, fecha=fecha)))

    def numeros(**filtros: Any) -> list[str]:
        return [f["numero"] for f in mundo.lector.get(RECIBIDOS, filtros).json()["results"]]

    assert numeros() == ["B3", "A2", "A1"]
    assert numeros(buscar="A") == ["B3", "A2", "A1"]  # the issuer's name has it too
    assert numeros(buscar="B3") == ["B3"]
    assert numeros(fecha__gte="2025-02-01", orden="fecha") == ["A2", "B3"]
    assert numeros(emisor_nit="1") == []
    assert numeros(estado_firma="sin_firma", tipo="01") == ["B3", "A2", "A1"]


def test_lists_ask_the_database_a_fixed_number_of_times(mundo: Any, django_assert_max_num_queries: Any) -> None:
    for numero in range(8):
        subir(mundo.operador, x__xml=documento(Receta(numero=f"A{numero}")))
    with django_assert_max_num_queries(8):
        assert mundo.lector.get(RECIBIDOS).json()["count"] == 8


def test_the_sheet_shows_the_document_and_its_checks_without_trusting_its_texts(mundo: Any) -> None:
    malo = documento(Receta()).replace("Artículo 1".encode(), b"&lt;script&gt;alert(1)&lt;/script&gt;")
    subir(mundo.operador, a__xml=malo)
    fila = DocumentoRecibido.objects.get()
    pagina = mundo.lector.get(f"{RECIBIDOS}{fila.id}/html/")
    texto = pagina.content.decode()
    assert "<script>" not in texto
    assert "&lt;script&gt;" in texto
    assert "default-src 'none'" in pagina["Content-Security-Policy"]
    for esperado in (
        "Factura electrónica de venta",
        "SETP990000101",
        "2.905,52",
        "no verificable",
        "viewBox",
        fila.codigo,
    ):
        assert esperado in texto
    hoja = mundo.lector.get(f"{RECIBIDOS}{fila.id}/pdf/")
    assert hoja.content.startswith(b"%PDF")
    assert hoja["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("xml", [evento("030"), documento(Receta(raiz="DebitNote", tipo="92", moneda="USD"))])
def test_every_kind_has_its_sheet(mundo: Any, xml: bytes) -> None:
    subir(mundo.operador, a__xml=xml)
    fila = DocumentoRecibido.objects.get()
    assert mundo.lector.get(f"{RECIBIDOS}{fila.id}/html/").status_code == 200
    assert mundo.lector.get(f"{RECIBIDOS}{fila.id}/pdf/").content.startswith(b"%PDF")


def test_a_long_invoice_with_odd_characters_prints(mundo: Any) -> None:
    lineas = [("1", "10.00", "19.00")] * 300
    subir(mundo.operador, a__xml=documento(Receta(lineas=lineas)).replace("Artículo".encode(), "Ω≠漢 €".encode()))
    fila = DocumentoRecibido.objects.get()
    assert len(mundo.lector.get(f"{RECIBIDOS}{fila.id}/pdf/").content) > 10_000


def test_exports_hold_the_same_rows_and_no_formula(mundo: Any) -> None:
    malvado = documento().replace(b">Comercial de Ensayo SAS<", b">=HYPERLINK(1)<")
    subir(mundo.operador, a__xml=malvado, b__xml=documento(Receta(numero="SETP2")))

    def exportar(formato: str, **filtros: Any) -> bytes:
        respuesta = mundo.lector.get(f"{RECIBIDOS}exportar/", {"formato": formato, **filtros})
        assert respuesta.status_code == 200
        return b"".join(respuesta)

    filas = list(csv.reader(io.StringIO(exportar("csv").decode("utf-8-sig")), delimiter=";"))
    assert [fila[2] for fila in filas] == ["Número", "SETP2", "SETP990000101"]
    assert filas[2][4] == "'=HYPERLINK(1)"
    objetos = json.loads(exportar("json"))
    assert [o["total"] for o in objetos] == ["2905.52", "2905.52"]
    with zipfile.ZipFile(io.BytesIO(exportar("excel"))) as libro:
        hoja = libro.read("xl/worksheets/sheet1.xml")
    assert b"SETP2" in hoja
    assert b"<f>" not in hoja
    assert json.loads(exportar("json", numero="SETP2"))[0]["numero"] == "SETP2"
    assert mundo.lector.get(f"{RECIBIDOS}exportar/", {"formato": "otro"}).status_code == 400


def test_the_admin_shows_every_model_and_no_secret(mundo: Any, admin_client: Any) -> None:
    from tns.dian.models import ConfiguracionDian

    subir(mundo.operador, a__xml=firmar(documento()))
    configuracion = ConfiguracionDian.objects.create(nit_base="800197268", token="secretísimo", pin="4321")
    paginas = [
        f"/admin/dian/{m}/" for m in ("configuraciondian", "documentodian", "documentorecibido", "archivorecibido")
    ]
    paginas.append(f"/admin/dian/configuraciondian/{configuracion.id}/change/")
    paginas.append(f"/admin/dian/documentorecibido/{DocumentoRecibido.objects.get().id}/change/")
    for pagina in paginas:
        respuesta = admin_client.get(pagina)
        assert respuesta.status_code == 200, pagina
        assert "secretísimo".encode() not in respuesta.content
    assert ArchivoRecibido.objects.count() == 1
    datos = {
        "nit_base": "800197268",
        "url_proveedor": "",
        "ambiente": "2",
        "unidades": "{}",
        "activa": "on",
        "token": "",
    }
    guardada = admin_client.post(paginas[4], datos)
    assert guardada.status_code == 302, guardada.content
    configuracion.refresh_from_db()
    assert (configuracion.token.revelar(), configuracion.ambiente) == ("secretísimo", "2")
