"""Trades of the invented companies: their groups of articles, warehouses and yearly seasons.

A group says what its articles are called (each name with each variant), what they cost, how many go in a line and which
season moves them. Brands are generic words on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

# Twelve monthly factors, January first; they are normalised to mean 1 when used.
TEMPORADAS: dict[str, tuple[float, ...]] = {
    "plana": (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    "navidad": (0.75, 0.8, 0.9, 0.9, 1.0, 1.0, 0.95, 0.95, 1.0, 1.05, 1.2, 1.6),
    "escolar": (2.3, 1.9, 0.9, 0.7, 0.65, 0.75, 1.3, 0.9, 0.7, 0.65, 0.6, 0.75),
    "lluvias": (0.7, 0.75, 1.05, 1.35, 1.3, 0.95, 0.8, 0.85, 1.0, 1.35, 1.3, 0.8),
    "cirugias": (0.7, 1.0, 1.1, 1.05, 1.1, 1.05, 1.05, 1.1, 1.1, 1.1, 1.0, 0.6),
    "obra": (0.75, 1.1, 1.15, 1.0, 1.0, 1.0, 1.05, 1.1, 1.1, 1.1, 1.05, 0.7),
    "vacaciones": (1.25, 0.9, 1.0, 1.05, 0.9, 1.3, 1.1, 0.9, 0.85, 0.95, 0.9, 1.5),
}


@dataclass(frozen=True)
class Grupo:
    """A group of articles. Prices are pesos before IVA; `por_linea` is the mean quantity of a sale line."""

    codigo: str
    nombre: str
    bodega: int
    temporada: str
    precio: tuple[float, float]
    por_linea: float
    iva: int
    nombres: tuple[str, ...]
    variantes: tuple[str, ...]
    por_peso: bool = False
    caja: int = 1


@dataclass(frozen=True)
class Sector:
    bodegas: tuple[str, ...]
    grupos: tuple[Grupo, ...]
    lineas_por_documento: float
    abre_domingo: bool = False
    remisiones: float = 0.0


SECTORES: dict[str, Sector] = {
    "medico": Sector(
        ("BODEGA PRINCIPAL", "Implantes Nacionales", "EQUIPOS DE PODER", "INSTRUMENTAL QUIRÚRGICO", "PODER TALLER"),
        (
            Grupo(
                "01.",
                "CONSUMO HOSPITALARIO",
                0,
                "plana",
                (4_000, 60_000),
                8,
                19,
                (
                    "GUANTE NITRILO",
                    "GASA ESTÉRIL",
                    "JERINGA DESECHABLE",
                    "CATÉTER PERIFÉRICO",
                    "TAPABOCAS QUIRÚRGICO",
                    "APÓSITO TRANSPARENTE",
                    "VENDA ELÁSTICA",
                    "SONDA NASOGÁSTRICA",
                ),
                ("TALLA S", "TALLA M", "TALLA L", "X 10", "X 50", "X 100", "REF A", "REF B", "PEDIÁTRICO", "ADULTO"),
                caja=12,
            ),
            Grupo(
                "02.",
                "IMPLANTES",
                1,
                "cirugias",
                (180_000, 4_200_000),
                1.6,
                0,
                (
                    "TORNILLO CORTICAL",
                    "TORNILLO ESPONJOSO",
                    "PLACA BLOQUEADA",
                    "CLAVO INTRAMEDULAR",
                    "PRÓTESIS DE CADERA",
                    "ANCLAJE DE SUTURA",
                ),
                ("2.7 MM", "3.5 MM", "4.5 MM", "6 AGUJEROS", "8 AGUJEROS", "DERECHO", "IZQUIERDO", "TITANIO", "ACERO"),
            ),
            Grupo(
                "03.",
                "EQUIPO DE PODER",
                2,
                "cirugias",
                (900_000, 9_500_000),
                1,
                19,
                ("PERFORADOR", "SIERRA OSCILANTE", "BATERÍA RECARGABLE", "MOTOR DE ALTA VELOCIDAD"),
                ("TIPO A", "TIPO B", "COMPACTO", "ESTÁNDAR"),
            ),
            Grupo(
                "04.",
                "INSTRUMENTAL",
                3,
                "cirugias",
                (35_000, 780_000),
                2,
                19,
                ("PINZA HEMOSTÁTICA", "TIJERA MAYO", "SEPARADOR FARABEUF", "GUBIA", "PORTAAGUJAS"),
                ("12 CM", "14 CM", "16 CM", "18 CM", "CURVA", "RECTA"),
            ),
            Grupo(
                "05.",
                "REPUESTOS DE EQUIPO",
                4,
                "plana",
                (60_000, 900_000),
                1,
                19,
                ("MANDRIL", "CABLE DE PODER", "ACOPLE RÁPIDO"),
                ("REF 100", "REF 200", "REF 300", "REF 400"),
            ),
        ),
        4.5,
        remisiones=0.12,
    ),
    "ferreteria": Sector(
        ("PRINCIPAL", "PATIO DE MATERIALES", "SUCURSAL NORTE"),
        (
            Grupo(
                "10.",
                "TORNILLERÍA",
                0,
                "obra",
                (80, 2_500),
                40,
                19,
                ("TORNILLO HEXAGONAL", "TORNILLO DRYWALL", "TUERCA", "ARANDELA", "CHAZO PLÁSTICO", "PUNTILLA"),
                ('1/4"', '5/16"', '3/8"', '1/2"', '1" X 8', '2" X 8', '3"'),
                caja=100,
            ),
            Grupo(
                "20.",
                "CEMENTO Y AGREGADOS",
                1,
                "obra",
                (18_000, 42_000),
                12,
                19,
                ("CEMENTO GRIS", "CEMENTO BLANCO", "PEGANTE CERÁMICO", "ESTUCO"),
                ("X 25 KG", "X 40 KG", "X 50 KG"),
            ),
            Grupo(
                "30.",
                "PINTURAS",
                0,
                "vacaciones",
                (9_000, 160_000),
                2,
                19,
                ("VINILO TIPO 1", "VINILO TIPO 2", "ESMALTE", "ANTICORROSIVO", "THINNER"),
                ("BLANCO GALÓN", "BLANCO CUÑETE", "GRIS GALÓN", "NEGRO 1/4", "ALMENDRA GALÓN", "AZUL CUÑETE"),
            ),
            Grupo(
                "40.",
                "PLOMERÍA",
                2,
                "lluvias",
                (1_200, 95_000),
                4,
                19,
                ("TUBO PVC", "CODO PVC", "UNIÓN PVC", "LLAVE TERMINAL", "SIFÓN", "TEJA DE ZINC"),
                ('1/2"', '3/4"', '1"', '2"', '3"', '4"'),
            ),
            Grupo(
                "50.",
                "HERRAMIENTAS",
                0,
                "navidad",
                (8_000, 420_000),
                1,
                19,
                ("MARTILLO", "DESTORNILLADOR", "TALADRO", "ALICATE", "LLAVE DE TUBO", "CINTA MÉTRICA"),
                ("ECONÓMICO", "PROFESIONAL", "INDUSTRIAL", "JUEGO X 6"),
            ),
        ),
        5.5,
    ),
    "abarrotes": Sector(
        ("BODEGA CENTRAL", "PUNTO DE VENTA 1", "LIMPIEZA Y ASEO", "CUARTO FRÍO"),
        (
            Grupo(
                "1.",
                "GRANOS",
                0,
                "plana",
                (2_000, 9_000),
                6,
                0,
                ("ARROZ", "FRÍJOL CARGAMANTO", "LENTEJA", "GARBANZO", "ARVEJA SECA", "MAÍZ TRILLADO"),
                ("X 500 G", "X 1 KG", "X 2.5 KG", "X 5 KG", "PREMIUM X 500 G", "BULTO"),
                caja=24,
            ),
            Grupo(
                "2.",
                "BEBIDAS",
                1,
                "vacaciones",
                (1_500, 14_000),
                8,
                19,
                ("GASEOSA COLA", "AGUA SIN GAS", "JUGO DE MANGO", "TÉ HELADO", "CERVEZA RUBIA", "BEBIDA HIDRATANTE"),
                ("250 ML", "400 ML", "600 ML", "1.5 L", "2.5 L", "SIX PACK"),
                caja=12,
            ),
            Grupo(
                "3.",
                "ASEO DEL HOGAR",
                2,
                "plana",
                (3_000, 32_000),
                3,
                19,
                ("DETERGENTE EN POLVO", "JABÓN LÍQUIDO", "SUAVIZANTE", "BLANQUEADOR", "PAPEL HIGIÉNICO", "LAVALOZA"),
                ("X 500", "X 1000", "X 3000", "FLORAL", "LIMÓN", "X 12"),
            ),
            Grupo(
                "4.",
                "FRUTAS Y VERDURAS",
                3,
                "lluvias",
                (1_800, 9_500),
                2,
                0,
                (
                    "PAPA PASTUSA",
                    "TOMATE CHONTO",
                    "CEBOLLA CABEZONA",
                    "BANANO",
                    "AGUACATE HASS",
                    "ZANAHORIA",
                    "LIMÓN TAHITÍ",
                ),
                ("KILO", "PRIMERA KILO", "SEGUNDA KILO"),
                por_peso=True,
            ),
            Grupo(
                "5.",
                "LÁCTEOS",
                3,
                "plana",
                (1_900, 26_000),
                5,
                0,
                ("LECHE ENTERA", "LECHE DESLACTOSADA", "YOGUR FRESA", "QUESO CAMPESINO", "MANTEQUILLA"),
                ("200", "500", "900", "1100", "X 6"),
            ),
            Grupo(
                "6.",
                "DULCES Y TEMPORADA",
                1,
                "navidad",
                (700, 28_000),
                6,
                19,
                ("GALLETA SURTIDA", "CHOCOLATE DE MESA", "BOMBÓN", "NATILLA", "CARAMELO", "TURRÓN"),
                ("UNIDAD", "BOLSA X 24", "BOLSA X 100", "CAJA", "LATA"),
            ),
        ),
        7.0,
        abre_domingo=True,
    ),
    "drogueria": Sector(
        ("MOSTRADOR", "BODEGA"),
        (
            Grupo(
                "A.",
                "MEDICAMENTOS",
                0,
                "lluvias",
                (1_500, 95_000),
                1.5,
                0,
                (
                    "ACETAMINOFÉN",
                    "IBUPROFENO",
                    "LORATADINA",
                    "OMEPRAZOL",
                    "LOSARTÁN",
                    "METFORMINA",
                    "AMOXICILINA",
                    "SUERO ORAL",
                    "JARABE PARA LA TOS",
                ),
                ("X 10", "X 20", "X 30", "X 100", "NIÑOS", "JARABE 120 ML", "FORTE"),
                caja=10,
            ),
            Grupo(
                "B.",
                "CUIDADO PERSONAL",
                0,
                "plana",
                (2_500, 68_000),
                1.4,
                19,
                ("CHAMPÚ", "CREMA DENTAL", "DESODORANTE", "PROTECTOR SOLAR", "CREMA CORPORAL", "CEPILLO DENTAL"),
                ("75 ML", "150 ML", "200 ML", "400 ML", "FAMILIAR", "VIAJE"),
            ),
            Grupo(
                "C.",
                "BEBÉ",
                1,
                "plana",
                (5_000, 110_000),
                1.3,
                19,
                ("PAÑAL", "TOALLITA HÚMEDA", "FÓRMULA INFANTIL", "CREMA ANTIPAÑALITIS"),
                ("ETAPA 1", "ETAPA 2", "ETAPA 3", "ETAPA 4", "X 50", "X 100"),
            ),
        ),
        2.6,
        abre_domingo=True,
    ),
    "papeleria": Sector(
        ("ALMACÉN", "BODEGA DE IMPRESIÓN"),
        (
            Grupo(
                "P1.",
                "CUADERNOS Y PAPEL",
                0,
                "escolar",
                (1_800, 38_000),
                6,
                19,
                ("CUADERNO COSIDO", "CUADERNO ARGOLLADO", "RESMA PAPEL", "BLOCK", "CARTULINA", "CARPETA"),
                ("50 HOJAS", "100 HOJAS", "CARTA", "OFICIO", "CUADRICULADO", "RAYADO", "SURTIDO"),
                caja=10,
            ),
            Grupo(
                "P2.",
                "ESCRITURA",
                0,
                "escolar",
                (600, 24_000),
                8,
                19,
                ("BOLÍGRAFO", "LÁPIZ", "MARCADOR", "RESALTADOR", "COLORES", "BORRADOR"),
                ("NEGRO", "AZUL", "ROJO", "X 12", "X 24", "PUNTA FINA"),
            ),
            Grupo(
                "P3.",
                "TECNOLOGÍA",
                0,
                "navidad",
                (12_000, 1_900_000),
                1,
                19,
                ("MEMORIA USB", "MOUSE", "TECLADO", "AUDÍFONOS", "CABLE HDMI", "TABLETA"),
                ("BÁSICO", "INALÁMBRICO", "32 GB", "64 GB", "PRO"),
            ),
            Grupo(
                "P4.",
                "SUMINISTROS DE IMPRESIÓN",
                1,
                "plana",
                (18_000, 480_000),
                1.5,
                19,
                ("TÓNER", "CARTUCHO", "TINTA", "TAMBOR"),
                ("NEGRO", "CIAN", "MAGENTA", "AMARILLO", "ALTO RENDIMIENTO"),
            ),
        ),
        3.6,
    ),
    "repuestos": Sector(
        ("PRINCIPAL", "EXHIBICIÓN"),
        (
            Grupo(
                "R1.",
                "FRENOS",
                0,
                "vacaciones",
                (25_000, 380_000),
                1.5,
                19,
                ("PASTILLA DE FRENO", "DISCO DE FRENO", "BANDA", "CILINDRO", "LÍQUIDO DE FRENOS"),
                ("DELANTERA", "TRASERA", "SEDÁN", "CAMIONETA", "X 500 ML"),
            ),
            Grupo(
                "R2.",
                "FILTROS Y ACEITES",
                0,
                "plana",
                (12_000, 190_000),
                2,
                19,
                ("FILTRO DE ACEITE", "FILTRO DE AIRE", "ACEITE 20W50", "ACEITE 10W30", "REFRIGERANTE"),
                ("CUARTO", "GALÓN", "REF 1", "REF 2", "REF 3"),
            ),
        ),
        2.8,
    ),
    "logistica": Sector(
        ("CENTRO LOGÍSTICO", "IMPORTADOS", "EQ MONTACARGAS"),
        (
            Grupo(
                "L1.",
                "EMBALAJE",
                0,
                "navidad",
                (900, 65_000),
                15,
                19,
                ("CAJA DE CARTÓN", "CINTA DE EMBALAJE", "PELÍCULA ESTIRABLE", "ESTIBA", "ZUNCHO", "ETIQUETA TÉRMICA"),
                ("PEQUEÑA", "MEDIANA", "GRANDE", "TRANSPARENTE", "CAFÉ", "REFORZADA"),
            ),
            Grupo(
                "L2.",
                "MERCANCÍA IMPORTADA",
                1,
                "navidad",
                (15_000, 700_000),
                3,
                19,
                ("VENTILADOR", "LICUADORA", "LÁMPARA LED", "HORNO TOSTADOR"),
                ("110 V", "BLANCO", "NEGRO", "2 VEL"),
            ),
            Grupo(
                "L3.",
                "REPUESTOS DE MONTACARGAS",
                2,
                "plana",
                (40_000, 1_500_000),
                1,
                19,
                ("HORQUILLA", "BATERÍA DE TRACCIÓN", "LLANTA MACIZA"),
                ("1.5 T", "2.5 T", "3 T"),
            ),
        ),
        3.0,
    ),
}
