"""What must hold of a company's movements at any moment."""

from __future__ import annotations

from django.db import connection

from tns.empresas.models import EmpresaServidor


def comprobar_entera(empresa: EmpresaServidor) -> int:
    """Every recorded window has exactly its rows, nothing is outside windows, no source row twice; answers the rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.desde, v.filas, count(m.id) FROM ventanas_extraccion v LEFT JOIN movimientos_inventario m"
            " ON m.empresa_servidor_id = v.empresa_servidor_id AND m.fecha BETWEEN v.desde AND v.hasta"
            " WHERE v.empresa_servidor_id = %s GROUP BY 1, 2",
            [empresa.id],
        )
        ventanas = cursor.fetchall()
        cursor.execute(
            "SELECT count(*), count(DISTINCT origen_id) FROM movimientos_inventario WHERE empresa_servidor_id = %s",
            [empresa.id],
        )
        total, distintas = cursor.fetchone()
    assert all(anotadas == contadas for _, anotadas, contadas in ventanas), ventanas
    assert total == distintas == sum(anotadas for _, anotadas, _ in ventanas)
    return int(total)
