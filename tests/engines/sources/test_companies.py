"""Rows of EMPRESAS, in every type and untidiness they come with."""

from __future__ import annotations

from tests.engines.sources.bases import crear_base, info_de
from tns.engines.sources import BadCompanyRow, CompanyRow, read_companies
from tns.local.firebird import FirebirdServer


def test_rows_come_stripped_in_order_and_the_unusable_ones_say_why(firebird_server: FirebirdServer) -> None:
    ruta = crear_base(
        firebird_server,
        "empresas.gdb",
        [
            "CREATE TABLE EMPRESAS (CODIGO CHAR(10), NOMBRE VARCHAR(80), NIT VARCHAR(20), ANOFIS INTEGER,"
            " ARCHIVO VARCHAR(120))",
            "INSERT INTO EMPRESAS VALUES ('02', 'Añil  ', ' 900.123.456-7 ', 2025, 'C:\\TNS\\A.GDB ')",
            "INSERT INTO EMPRESAS VALUES ('01', x'4E8D4F', '800', 2024, 'C:\\TNS\\B.GDB')",
            "INSERT INTO EMPRESAS VALUES ('03', 'Sin NIT', NULL, 2025, 'x')",
            "INSERT INTO EMPRESAS VALUES ('04', 'NIT en blanco', '  ', 2025, 'x')",
            "INSERT INTO EMPRESAS VALUES ('05', 'Sin archivo', '900', NULL, NULL)",
        ],
        charset="NONE",
    )
    assert list(read_companies(info_de(firebird_server, ruta))) == [
        CompanyRow("01", "N\x8dO", "800", "2024", "C:\\TNS\\B.GDB"),
        CompanyRow("02", "Añil", "900.123.456-7", "2025", "C:\\TNS\\A.GDB"),
        BadCompanyRow(3, "El NIT está vacío.", "04"),
        BadCompanyRow(4, "No dice en qué archivo está la base de la empresa.", "05"),
    ]
