"""Reading models and forecasts, each caller his own."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from tns.common.nit import Nit, NitInvalido, interpretar
from tns.common.problemas import Conflicto, DatosInvalidos, NoEncontrado
from tns.cuentas.alcance import Alcance
from tns.empresas.models import EmpresaServidor
from tns.empresas.selectors import empresa_visible
from tns.extraccion.models import VentanaExtraccion
from tns.ml.meses import Ventana
from tns.ml.models import EstadoModelo, ModeloML, Pronostico

PARECIDOS = 5
_CORTE_PARECIDO = 0.6


class ModeloNoEntrenado(Conflicto):
    """There are companies of that NIT, but nobody has trained its model."""

    codigo = "modelo_no_entrenado"
    titulo = "Falta entrenar el modelo"


class ArticuloNoEncontrado(NoEncontrado):
    """`datos.articulos`: each unknown code with the codes that look like it."""

    codigo = "articulo_no_encontrado"


def empresas_del_modelo(nit_base: str) -> list[EmpresaServidor]:
    """Every company of the NIT, newest fiscal year first, whatever its server."""
    return list(EmpresaServidor.objects.filter(nit_base=nit_base).order_by("-anio_fiscal", "id"))


def ventanas_de(empresas: Iterable[EmpresaServidor]) -> list[Ventana]:
    """The extraction windows of those companies, as the rule of whole months wants them."""
    anios = {empresa.id: empresa.anio_fiscal for empresa in empresas}
    filas = VentanaExtraccion.objects.filter(empresa_servidor_id__in=anios).values_list(
        "empresa_servidor_id", "desde", "hasta", "extraida"
    )
    return [
        Ventana(anios[empresa], desde, hasta, timezone.localdate(extraida)) for empresa, desde, hasta, extraida in filas
    ]


def identidad_del_modelo(nit_base: str) -> tuple[str, str]:
    """(modelo_id, NIT) of a NIT's models: those of its first version, else of its newest company (see ADR 0045)."""
    anterior = ModeloML.objects.filter(nit_base=nit_base).order_by("version").values_list("modelo_id", "nit").first()
    if anterior is not None:
        return anterior
    empresas = empresas_del_modelo(nit_base)
    nit = empresas[0].nit if empresas else nit_base
    return f"empresa_{nit}", nit


def siguiente_version(nit_base: str) -> int:
    ultima = ModeloML.objects.filter(nit_base=nit_base).aggregate(ultima=Max("version"))["ultima"]
    return (ultima or 0) + 1


def modelos_visibles(alcance: Alcance) -> QuerySet[ModeloML]:
    """Versions of the caller's NITs, newest first, each with the name of its newest company as `empresa_nombre`."""
    nombres = EmpresaServidor.objects.filter(nit_base=OuterRef("nit_base")).order_by("-anio_fiscal", "id")
    modelos = ModeloML.objects.annotate(empresa_nombre=Coalesce(Subquery(nombres.values("nombre")[:1]), Value("")))
    return alcance.filtrar(modelos, "nit_base")


def nit_pedido(alcance: Alcance, *, empresa_servidor_id: int | None, nit: str | None) -> str:
    """The base of the NIT a request is about.

    Raises NoEncontrado (`empresa_no_encontrada`, `nit_no_encontrado`) also for what the caller may not see.
    """
    if empresa_servidor_id is not None:
        return empresa_visible(alcance, empresa_servidor_id).nit_base
    try:
        interpretado: Nit = interpretar(nit or "")
    except NitInvalido as error:
        raise DatosInvalidos({"nit": [str(error)]}) from error
    mismas = EmpresaServidor.objects.filter(Q(nit_base=interpretado.base) | Q(nit=interpretado.normalizado))
    bases = {base for base in mismas.values_list("nit_base", flat=True) if alcance.permite(base)}
    if not bases:
        raise NoEncontrado(
            f"No hay empresas con el NIT {interpretado.normalizado}.",
            codigo="nit_no_encontrado",
            que_hacer="Consulte los NIT en /api/empresas-servidor/.",
        )
    return interpretado.base if interpretado.base in bases else min(bases)


def modelo_en_servicio(nit_base: str) -> ModeloML:
    """The version that serves; raises ModeloNoEntrenado."""
    modelo = ModeloML.objects.filter(nit_base=nit_base, estado=EstadoModelo.EN_SERVICIO).first()
    if modelo is None:
        empresa = EmpresaServidor.objects.filter(nit_base=nit_base).order_by("-anio_fiscal", "id").first()
        raise ModeloNoEntrenado(
            f"El NIT {empresa.nit if empresa else nit_base} no tiene un modelo entrenado.",
            que_hacer=(
                "Entrénelo con POST /api/ml/entrenar_modelos/ y el cuerpo "
                f'{{"empresa_servidor_id": {empresa.id if empresa else "…"}}}, o desde «ML / Modelos» en la consola.'
            ),
            datos={"nit_base": nit_base, "empresa_servidor_id": empresa.id if empresa else None},
        )
    return modelo


def pronosticos_de(modelo: ModeloML, codigos: Sequence[str] | None) -> QuerySet[Pronostico]:
    """Forecasts of those articles (all when None), by code; raises ArticuloNoEncontrado naming every unknown one."""
    consulta = Pronostico.objects.filter(modelo=modelo).order_by("articulo_codigo")
    if codigos is None:
        return consulta
    elegidos = consulta.filter(articulo_codigo__in=codigos)
    conocidos = set(elegidos.values_list("articulo_codigo", flat=True))
    desconocidos = [codigo for codigo in dict.fromkeys(codigos) if codigo not in conocidos]
    if desconocidos:
        raise _articulos_no_encontrados(modelo, desconocidos)
    return elegidos


def _articulos_no_encontrados(modelo: ModeloML, desconocidos: list[str]) -> ArticuloNoEncontrado:
    filas = list(Pronostico.objects.filter(modelo=modelo).values_list("articulo_codigo", "articulo_nombre"))
    articulos = [
        {"articulo_codigo": codigo, "parecidos": _parecidos(codigo, filas)} for codigo in desconocidos[:PARECIDOS]
    ]
    if len(desconocidos) == 1:
        detalle = f"El artículo «{desconocidos[0]}» no está en el modelo {modelo.modelo_id}."
    else:
        detalle = f"{len(desconocidos)} artículos no están en el modelo {modelo.modelo_id}."
    return ArticuloNoEncontrado(
        detalle,
        que_hacer="Revise el código (abajo van los más parecidos) o entrene de nuevo si el artículo es reciente.",
        datos={"articulos": articulos, "desconocidos": len(desconocidos)},
    )


def _parecidos(codigo: str, filas: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Codes written nearly the same, then articles whose code or name contains what was asked."""
    nombres = dict(filas)
    buscado = codigo.strip().upper()
    por_mayuscula = {conocido.upper(): conocido for conocido in nombres}
    hallados = [por_mayuscula[c] for c in difflib.get_close_matches(buscado, por_mayuscula, PARECIDOS, _CORTE_PARECIDO)]
    if len(hallados) < PARECIDOS and buscado:
        contienen = (c for c, n in filas if c not in hallados and (buscado in c.upper() or buscado in n.upper()))
        hallados += [c for c, _ in zip(contienen, range(PARECIDOS - len(hallados)), strict=False)]
    return [{"articulo_codigo": c, "articulo_nombre": nombres[c]} for c in hallados]
