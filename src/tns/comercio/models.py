"""Look of the kiosk, configuration of the shop, host names. None of them is needed for a company to exist."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from tns.comercio import valores
from tns.common.cifrado import SecretoField
from tns.empresas.models import EmpresaServidor


class ModoVisualizacion(models.TextChoices):
    VERTICAL = "vertical", "Vertical"
    HORIZONTAL = "horizontal", "Horizontal"


class ModoTeclado(models.TextChoices):
    VIRTUAL = "virtual", "En pantalla"
    FISICO = "fisico", "Físico"
    NUMERICO = "numerico", "Numérico en pantalla"


class Tema(models.TextChoices):
    CLARO = "claro", "Claro"
    OSCURO = "oscuro", "Oscuro"
    SISTEMA = "sistema", "El del dispositivo"


class ModoPasarela(models.TextChoices):
    PRUEBA = "test", "Prueba"
    REAL = "live", "Real"


class ModoDominio(models.TextChoices):
    AUTOPAGO = "autopago", "Autopago"
    ECOMMERCE = "ecommerce", "Tienda en línea"
    PRO = "pro", "Tienda y autopago"


class Colores(models.Model):
    """The four colours of a look; text on background must be readable (see valores.CONTRASTE_MINIMO)."""

    color_primario = models.CharField(max_length=7, default="#0F766E", validators=[valores.color])
    color_secundario = models.CharField(max_length=7, default="#F59E0B", validators=[valores.color])
    color_fondo = models.CharField(max_length=7, default="#FFFFFF", validators=[valores.color])
    color_texto = models.CharField(max_length=7, default="#111827", validators=[valores.color])

    class Meta:
        abstract = True


class EmpresaPersonalizacion(Colores):
    """Look of the self-checkout kiosk."""

    empresa_servidor = models.OneToOneField(
        EmpresaServidor, primary_key=True, on_delete=models.CASCADE, related_name="personalizacion"
    )
    logo_url = models.CharField(max_length=500, blank=True, validators=[valores.enlace])
    mensaje_bienvenida = models.CharField(max_length=200, blank=True)
    modo_visualizacion = models.CharField(
        max_length=10, choices=ModoVisualizacion.choices, default=ModoVisualizacion.VERTICAL
    )
    modo_teclado = models.CharField(max_length=10, choices=ModoTeclado.choices, default=ModoTeclado.VIRTUAL)
    video_protector_url = models.CharField(
        "video del protector de pantalla", max_length=500, blank=True, validators=[valores.enlace]
    )
    segundos_protector = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(10), MaxValueValidator(3600)]
    )
    actualizada = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "empresas_personalizacion"
        verbose_name = "personalización"
        verbose_name_plural = "personalizaciones"

    def __str__(self) -> str:
        return f"Autopago de {self.empresa_servidor}"


class EmpresaEcommerceConfig(Colores):
    """Texts, sections, menus and payment gateway of the online shop. The gateway's secret goes in and never out."""

    empresa_servidor = models.OneToOneField(
        EmpresaServidor, primary_key=True, on_delete=models.CASCADE, related_name="ecommerce"
    )
    activo = models.BooleanField(default=True)
    tema = models.CharField(max_length=10, choices=Tema.choices, default=Tema.CLARO)
    logo_url = models.CharField(max_length=500, blank=True, validators=[valores.enlace])
    hero_titulo = models.CharField(max_length=120, blank=True)
    hero_texto = models.CharField(max_length=500, blank=True)
    nosotros_titulo = models.CharField(max_length=120, blank=True)
    nosotros_texto = models.TextField(max_length=5000, blank=True)
    contacto_texto = models.TextField(max_length=2000, blank=True)
    contacto_correo = models.EmailField(blank=True)
    contacto_direccion = models.CharField(max_length=200, blank=True)
    whatsapp = models.CharField("WhatsApp", max_length=16, blank=True, validators=[valores.telefono])
    whatsapp_mensaje = models.CharField(max_length=300, blank=True)
    mostrar_hero = models.BooleanField(default=True)
    mostrar_productos = models.BooleanField(default=True)
    mostrar_nosotros = models.BooleanField(default=True)
    mostrar_contacto = models.BooleanField(default=True)
    menu = models.JSONField(default=list, blank=True, help_text="Lista de {texto, enlace}.")
    pie = models.JSONField("pie de página", default=list, blank=True, help_text="Lista de {texto, enlace}.")
    pie_texto = models.CharField(max_length=300, blank=True)
    pasarela_codigo = models.CharField(
        max_length=30, blank=True, validators=[RegexValidator(r"^[a-z0-9_-]+$", "Use minúsculas, números, - y _.")]
    )
    pasarela_modo = models.CharField(max_length=4, choices=ModoPasarela.choices, default=ModoPasarela.PRUEBA)
    pasarela_llave_publica = models.CharField(max_length=300, blank=True)
    pasarela_secreto = SecretoField(blank=True, default="")
    actualizada = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "empresas_ecommerce_config"
        verbose_name = "configuración de la tienda"
        verbose_name_plural = "configuraciones de las tiendas"

    def __str__(self) -> str:
        return f"Tienda de {self.empresa_servidor}"


class EmpresaDominio(models.Model):
    """A host name that leads to the newest fiscal year of a NIT."""

    empresa_servidor = models.ForeignKey(EmpresaServidor, on_delete=models.CASCADE, related_name="dominios")
    dominio = models.CharField(max_length=253, unique=True)
    nit = models.CharField("NIT", max_length=20, editable=False)
    nit_base = models.CharField(max_length=20, editable=False)
    modo = models.CharField(max_length=10, choices=ModoDominio.choices, default=ModoDominio.ECOMMERCE)
    activo = models.BooleanField(default=True)
    creado = models.DateTimeField(auto_now_add=True)
    actualizado = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "empresas_dominio"
        ordering = ["dominio"]
        verbose_name = "dominio"
        verbose_name_plural = "dominios"
        indexes = [models.Index(fields=["nit_base"], name="dominio_nit_base")]
        constraints = [
            models.CheckConstraint(condition=~Q(dominio=""), name="dominio_presente"),
            models.CheckConstraint(condition=Q(modo__in=["autopago", "ecommerce", "pro"]), name="dominio_modo_valido"),
        ]

    def __str__(self) -> str:
        return self.dominio

    def save(self, *args: object, **kwargs: object) -> None:
        self.nit, self.nit_base = self.empresa_servidor.nit, self.empresa_servidor.nit_base
        super().save(*args, **kwargs)  # type: ignore[arg-type]
