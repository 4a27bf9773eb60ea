"""Filters of the lists of documents."""

from __future__ import annotations

import django_filters

from tns.dian.models import DocumentoDian, DocumentoRecibido


class FiltroDeEnviados(django_filters.FilterSet):
    class Meta:
        model = DocumentoDian
        fields = {
            "empresa_servidor": ["exact"],
            "nit_base": ["exact"],
            "kardex_id": ["exact"],
            "codcomp": ["exact"],
            "estado": ["exact", "in"],
            "prefijo": ["exact"],
            "numero": ["exact"],
            "cufe": ["exact"],
            "fecha": ["gte", "lte"],
            "escrito_en": ["isnull"],
        }


class FiltroDeRecibidos(django_filters.FilterSet):
    class Meta:
        model = DocumentoRecibido
        fields = {
            "empresa_servidor": ["exact"],
            "nit_base": ["exact"],
            "sentido": ["exact"],
            "tipo": ["exact", "in"],
            "numero": ["exact"],
            "codigo": ["exact"],
            "emisor_nit": ["exact"],
            "receptor_nit": ["exact"],
            "fecha": ["exact", "gte", "lte"],
            "total": ["gte", "lte"],
            "estado_codigo": ["exact"],
            "estado_firma": ["exact"],
            "estado_totales": ["exact"],
            "veredicto_dian": ["exact"],
            "en_conflicto": ["exact"],
        }
