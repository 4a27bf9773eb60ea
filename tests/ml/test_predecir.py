"""POST /api/ml/predecir_demanda/: one, many or all articles, and every way in which it cannot be answered."""

from __future__ import annotations

import pytest

from tests.ml.conftest import entrenar_andina
from tests.ml.datos import insertar, movimiento
from tests.mundo import ANDINA, BOREAL, Mundo, cliente_con_llave
from tns.api_keys.services import generar_llave
from tns.ml.entrenamiento import ResultadoEntrenamiento

RUTA = "/api/ml/predecir_demanda/"


def test_one_article_with_intervals_history_and_where_it_comes_from(
    mundo: Mundo, entrenado: ResultadoEntrenamiento
) -> None:
    respuesta = mundo.operador.post(RUTA, {"empresa_servidor_id": mundo.andina.id, "articulo_codigo": "A003"})
    assert respuesta.status_code == 200
    datos = respuesta.json()
    assert (datos["modelo_id"], datos["version"], datos["nit"]) == (entrenado.modelo_id, 1, mundo.andina.nit)
    assert datos["meses"] == ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]
    assert {"xgboost", "theta", "prophet"} <= set(datos["pesos"])
    assert datos["wape_backtest"] == entrenado.metricas["wape"]
    (articulo,) = datos["articulos"]
    assert (articulo["articulo_codigo"], articulo["articulo_nombre"]) == ("A003", "Artículo A003")
    assert [mes["mes"] for mes in articulo["pronostico"]] == datos["meses"]
    for mes in articulo["pronostico"]:
        assert mes["minimo_95"] <= mes["minimo_80"] <= mes["cantidad"] <= mes["maximo_80"] <= mes["maximo_95"]
    assert articulo["total"] == pytest.approx(sum(mes["cantidad"] for mes in articulo["pronostico"]))
    assert [articulo["historia"][0]["mes"], articulo["historia"][-1]["mes"]] == ["2024-01", "2025-12"]
    assert articulo["modelo_usado"]


def test_any_writing_of_the_nit_and_any_of_its_companies_answer_the_same(
    mundo: Mundo, entrenado: ResultadoEntrenamiento
) -> None:
    preguntas = [
        {"empresa_servidor_id": mundo.andina.id},
        {"empresa_servidor_id": mundo.andina_anterior.id},
        {"nit": ANDINA},
        {"nit": "800.197.268-4"},
    ]
    respuestas = [mundo.lector.post(RUTA, {**pregunta, "articulo_codigo": ["A001", "A000"]}) for pregunta in preguntas]
    assert {respuesta.status_code for respuesta in respuestas} == {200}
    assert len({respuesta.content for respuesta in respuestas}) == 1
    assert [a["articulo_codigo"] for a in respuestas[0].json()["articulos"]] == ["A000", "A001"]


def test_all_articles_come_by_pages_with_their_total(mundo: Mundo, entrenado: ResultadoEntrenamiento) -> None:
    vistos, pagina = [], 1
    while True:
        datos = mundo.lector.post(RUTA, {"nit": ANDINA, "meses": 3, "pagina": pagina, "tamano": 5}).json()
        vistos += datos["articulos"]
        if not datos["hay_mas"]:
            break
        pagina += 1
    assert (pagina, datos["total_articulos"]) == (3, 12)
    assert [a["articulo_codigo"] for a in vistos] == [f"A{i:03d}" for i in range(12)]
    for i, mes in enumerate(datos["total"]):
        assert mes["cantidad"] == pytest.approx(sum(a["pronostico"][i]["cantidad"] for a in vistos), abs=0.1)


@pytest.mark.parametrize("meses", [1, 24])
def test_from_one_to_twenty_four_months(mundo: Mundo, entrenado: ResultadoEntrenamiento, meses: int) -> None:
    datos = mundo.lector.post(RUTA, {"nit": ANDINA, "meses": meses, "meses_historia": 0}).json()
    assert len(datos["meses"]) == len(datos["articulos"][0]["pronostico"]) == meses
    assert datos["articulos"][0]["historia"] == []


@pytest.mark.parametrize(
    ("cuerpo", "campo"),
    [
        ({}, "nit"),
        ({"nit": ANDINA, "empresa_servidor_id": 1}, "nit"),
        ({"nit": "no es un nit !"}, "nit"),
        ({"nit": ANDINA, "meses": 0}, "meses"),
        ({"nit": ANDINA, "meses": 25}, "meses"),
        ({"nit": ANDINA, "meses": "muchos"}, "meses"),
        ({"nit": ANDINA, "articulo_codigo": {"a": 1}}, "articulo_codigo"),
        ({"nit": ANDINA, "articulo_codigo": ["A", None]}, "articulo_codigo"),
        ({"nit": ANDINA, "pagina": 0}, "pagina"),
    ],
)
def test_bad_input_is_explained_by_field(mundo: Mundo, cuerpo: dict[str, object], campo: str) -> None:
    respuesta = mundo.operador.post(RUTA, cuerpo)
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (400, "datos_invalidos")
    assert campo in respuesta.json()["errores"]


def test_an_unknown_article_is_a_404_with_those_that_look_like_it(
    mundo: Mundo, entrenado: ResultadoEntrenamiento
) -> None:
    respuesta = mundo.lector.post(RUTA, {"nit": ANDINA, "articulo_codigo": ["A001", "a0O1", "zzzzz"]})
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (404, "articulo_no_encontrado")
    primero, segundo = respuesta.json()["articulos"]
    assert primero["articulo_codigo"] == "a0O1"
    assert "A001" in [parecido["articulo_codigo"] for parecido in primero["parecidos"]]
    assert segundo == {"articulo_codigo": "zzzzz", "parecidos": []}


def test_a_nit_without_model_is_a_409_that_says_how_to_train(mundo: Mundo) -> None:
    respuesta = mundo.lector.post(RUTA, {"empresa_servidor_id": mundo.andina.id})
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "modelo_no_entrenado")
    assert "/api/ml/entrenar_modelos/" in respuesta.json()["que_hacer"]
    assert str(mundo.andina.id) in respuesta.json()["que_hacer"]


def test_an_unknown_company_or_nit_is_a_404(mundo: Mundo) -> None:
    assert mundo.lector.post(RUTA, {"empresa_servidor_id": 10**6}).json()["codigo"] == "empresa_no_encontrada"
    assert mundo.lector.post(RUTA, {"nit": "123456"}).json()["codigo"] == "nit_no_encontrado"


def test_a_key_predicts_for_its_own_nit_and_learns_nothing_of_others(
    mundo: Mundo, entrenado: ResultadoEntrenamiento
) -> None:
    propia, ajena = mundo.clientes["llave_andina"], mundo.clientes["llave_boreal"]
    assert propia.post(RUTA, {"nit": ANDINA, "articulo_codigo": "A001"}).status_code == 200
    for pregunta in ({"nit": ANDINA}, {"empresa_servidor_id": mundo.andina.id}):
        de_la_ajena = ajena.post(RUTA, pregunta)
        assert de_la_ajena.status_code == 404
    assert ajena.post(RUTA, {"nit": BOREAL}).json()["codigo"] == "modelo_no_entrenado"
    assert propia.get("/api/ml/modelos/").status_code == 403
    assert propia.post("/api/ml/entrenar_modelos/", {"empresa_servidor_id": mundo.andina.id}).status_code == 403


def test_a_key_without_the_scope_of_forecasts_is_refused(mundo: Mundo, entrenado: ResultadoEntrenamiento) -> None:
    _, texto = generar_llave(nit=ANDINA, nombre_cliente="Solo lee", alcances=["empresas"])
    assert cliente_con_llave(texto).post(RUTA, {"nit": ANDINA}).status_code == 403


def test_nobody_and_a_user_without_role_are_refused(mundo: Mundo) -> None:
    assert mundo.nadie.post(RUTA, {"nit": ANDINA}).status_code == 401
    assert mundo.clientes["sin_rol"].post(RUTA, {"nit": ANDINA}).status_code == 403


def test_a_served_page_costs_the_same_queries_whatever_its_size(
    mundo: Mundo, entrenado: ResultadoEntrenamiento, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert mundo.lector.post(RUTA, {"nit": ANDINA, "tamano": 2000}).status_code == 200


def test_a_new_training_changes_the_answer(mundo: Mundo, entrenado: ResultadoEntrenamiento) -> None:
    insertar([movimiento(mundo.andina, "2025-12-31", "NUEVO", 40)])
    assert mundo.lector.post(RUTA, {"nit": ANDINA, "articulo_codigo": "NUEVO"}).status_code == 404
    entrenar_andina()
    datos = mundo.lector.post(RUTA, {"nit": ANDINA, "articulo_codigo": "NUEVO"}).json()
    assert datos["version"] == 2
    assert datos["articulos"][0]["articulo_codigo"] == "NUEVO"


@pytest.mark.parametrize("formato", ["csv", "excel"])
def test_the_whole_forecast_is_one_file(mundo: Mundo, entrenado: ResultadoEntrenamiento, formato: str) -> None:
    pedido = {"nit": ANDINA, "meses": 3, "tamano": 1}
    total = mundo.operador.post(RUTA, pedido).json()["total_articulos"]
    respuesta = mundo.operador.post(RUTA, {**pedido, "formato": formato})
    assert respuesta.status_code == 200
    assert 'attachment; filename="pronostico_' in respuesta["Content-Disposition"]
    if formato == "excel":
        assert respuesta.content.startswith(b"PK")
        return
    cabeza, *filas = respuesta.content.decode("utf-8-sig").split("\r\n")[:-1]
    assert cabeza.startswith("Código;Artículo;Mes;Pronóstico;Mínimo 80 %")
    assert len(filas) == 3 * total
    assert len({fila.split(";")[0] for fila in filas}) == total
