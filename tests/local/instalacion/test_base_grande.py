"""A database of as many lines as asked for, with the totals that come with it."""

from __future__ import annotations

from tns.local.firebird import FirebirdServer
from tns.local.instalacion import crear_base_grande


def test_it_has_the_lines_and_the_sums_it_says_and_can_be_made_again(servidores: list[FirebirdServer]) -> None:
    servidor = servidores[0]
    primera = crear_base_grande(servidor, 12_003, archivo="MEDIANA.GDB")
    segunda = crear_base_grande(servidor, 12_003, archivo="MEDIANA.GDB", charset="NONE", indices=False)
    assert (primera.cantidad, primera.valor_total) == (segunda.cantidad, segunda.valor_total)
    with servidor.connect(segunda.ruta) as conexion, conexion.cursor() as cursor:
        [medido] = cursor.execute(
            """SELECT COUNT(*), SUM(CAST(D.CANMAT AS NUMERIC(18,4))), SUM(CAST(D.PARCVTA AS NUMERIC(18,2)))
               FROM KARDEX K JOIN DEKARDEX D ON D.KARDEXID = K.KARDEXID JOIN MATERIAL M ON M.MATID = D.MATID
               JOIN BODEGA B ON B.BODID = D.BODID JOIN TERCEROS T ON T.TERID = K.CLIENTE
               JOIN CIUDANE C ON C.CIUDANEID = T.CIUDANEID
               WHERE K.FECHA BETWEEN ? AND ? AND K.FECASENTAD IS NOT NULL""",
            (segunda.desde, segunda.hasta),
        ).fetchall()
        [(meses,)] = cursor.execute("SELECT COUNT(DISTINCT EXTRACT(MONTH FROM FECHA)) FROM KARDEX").fetchall()
    assert medido == (12_003, segunda.cantidad, segunda.valor_total)
    assert meses == 12
