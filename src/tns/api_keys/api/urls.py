from django.urls import path

from tns.api_keys.api import views

urlpatterns = [
    path("api-keys/generar_api_key/", views.GenerarLlaveView.as_view(), name="api-keys-generar"),
    path("api-keys/listar_api_keys/", views.ListarLlavesView.as_view(), name="api-keys-listar"),
    path("api-keys/revocar_api_key/", views.RevocarLlaveView.as_view(), name="api-keys-revocar"),
    path("api-keys/rotar_api_key/", views.RotarLlaveView.as_view(), name="api-keys-rotar"),
    path("api-keys/validar_api_key/", views.ValidarLlaveView.as_view(), name="api-keys-validar"),
    path(
        "api-keys/actualizar_empresas_asociadas/",
        views.ActualizarEmpresasAsociadasView.as_view(),
        name="api-keys-actualizar-empresas",
    ),
]
