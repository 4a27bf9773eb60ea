"""What Django's models cannot say: windows that never overlap, ids in batches, and the general warehouse rules."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# One integer range per company and day, so that the built-in GiST of int8range serves and no extension is needed.
_RANGO = """int8range(
    empresa_servidor_id * 1000000 + (desde - DATE '1900-01-01'),
    empresa_servidor_id * 1000000 + (hasta - DATE '1900-01-01'), '[]')"""

SIN_CRUCES = f"""
ALTER TABLE ventanas_extraccion ADD CONSTRAINT ventanas_no_se_cruzan EXCLUDE USING gist ({_RANGO} WITH &&)
"""
# The only writer is COPY: taking ids by the thousand spares it a visit to the sequence per row.
IDS_POR_LOTES = "ALTER TABLE movimientos_inventario ALTER COLUMN id SET CACHE 1000"
# No foreign key is checked row by row (ADR 0030); this keeps its other half, also for deletes outside Django.
BORRAR_CON_LA_EMPRESA = """
CREATE FUNCTION borrar_movimientos_de_empresa() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM movimientos_inventario WHERE empresa_servidor_id = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER movimientos_con_su_empresa BEFORE DELETE ON empresas_servidor
    FOR EACH ROW EXECUTE FUNCTION borrar_movimientos_de_empresa();
"""
REGLAS = (("IMP", "IMPLANTE"), ("EQ", "EQUIPO DE PODER"), ("PODER", "EQUIPO DE PODER"), ("", "INSTRUMENTAL"))


def sembrar_reglas(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    regla = apps.get_model("extraccion", "ReglaTipoBodega")
    for orden, (contiene, tipo) in enumerate(REGLAS, start=1):
        regla.objects.get_or_create(
            empresa_servidor=None, orden=orden, defaults={"contiene": contiene, "tipo_bodega": tipo}
        )


class Migration(migrations.Migration):
    dependencies = [("extraccion", "0001_initial")]

    operations = [
        migrations.RunSQL(SIN_CRUCES, "ALTER TABLE ventanas_extraccion DROP CONSTRAINT ventanas_no_se_cruzan"),
        migrations.RunSQL(IDS_POR_LOTES, "ALTER TABLE movimientos_inventario ALTER COLUMN id SET CACHE 1"),
        migrations.RunSQL(
            BORRAR_CON_LA_EMPRESA,
            "DROP TRIGGER movimientos_con_su_empresa ON empresas_servidor; DROP FUNCTION borrar_movimientos_de_empresa()",
        ),
        migrations.RunPython(sembrar_reglas, migrations.RunPython.noop),
    ]
