"""The code lists of DIAN's technical annexes that people are shown by name.

Sources: Anexo técnico de factura electrónica 1.9, Anexo documento soporte 1.1, Anexo RADIAN 1.1 (public).
"""

from __future__ import annotations

TIPOS_DOCUMENTO = {
    "01": "Factura electrónica de venta",
    "02": "Factura electrónica de venta: exportación",
    "03": "Factura por contingencia del facturador",
    "04": "Factura por contingencia de la DIAN",
    "05": "Documento soporte en adquisiciones a no obligados a facturar",
    "20": "Documento equivalente electrónico: tiquete POS",
    "91": "Nota crédito",
    "92": "Nota débito",
    "95": "Nota de ajuste del documento soporte",
    "96": "Evento (ApplicationResponse)",
}

TRIBUTOS = {
    "01": "IVA",
    "02": "IC",
    "03": "ICA",
    "04": "INC",
    "05": "ReteIVA",
    "06": "ReteFuente",
    "07": "ReteICA",
    "08": "IC Porcentual",
    "20": "FtoHorticultura",
    "21": "Timbre",
    "22": "INC Bolsas",
    "23": "INCarbono",
    "24": "INCombustibles",
    "25": "Sobretasa Combustibles",
    "26": "Sordicom",
    "30": "IC Datos",
    "32": "ICL",
    "33": "INPP",
    "34": "IBUA",
    "35": "ICUI",
    "36": "ADV",
    "ZZ": "Otros tributos",
}

TIPOS_IDENTIFICACION = {
    "11": "Registro civil",
    "12": "Tarjeta de identidad",
    "13": "Cédula de ciudadanía",
    "21": "Tarjeta de extranjería",
    "22": "Cédula de extranjería",
    "31": "NIT",
    "41": "Pasaporte",
    "42": "Documento de identificación extranjero",
    "47": "PEP",
    "48": "PPT",
    "50": "NIT de otro país",
    "91": "NUIP",
}

FORMAS_PAGO = {"1": "Contado", "2": "Crédito"}

MEDIOS_PAGO = {
    "1": "Instrumento no definido",
    "10": "Efectivo",
    "20": "Cheque",
    "30": "Transferencia crédito",
    "31": "Transferencia débito",
    "41": "Transferencia bancaria ACH",
    "42": "Consignación bancaria",
    "47": "Transferencia débito bancaria",
    "48": "Tarjeta crédito",
    "49": "Tarjeta débito",
    "71": "Bonos",
    "ZZZ": "Acuerdo mutuo",
}

EVENTOS = {
    "02": "Documento validado por la DIAN",
    "04": "Documento rechazado por la DIAN",
    "030": "Acuse de recibo de la factura electrónica de venta",
    "031": "Reclamo de la factura electrónica de venta",
    "032": "Recibo del bien o prestación del servicio",
    "033": "Aceptación expresa",
    "034": "Aceptación tácita",
    "036": "Primera inscripción de la factura como título valor en el RADIAN",
    "037": "Endoso en propiedad",
    "038": "Endoso en garantía",
    "039": "Endoso en procuración",
    "040": "Cancelación del endoso",
    "041": "Limitación para circulación",
    "042": "Terminación de la limitación para circulación",
    "043": "Mandato",
    "044": "Terminación del mandato",
    "045": "Pago de la factura como título valor",
    "046": "Informe para el pago",
}

AMBIENTES = {"1": "Producción", "2": "Pruebas"}

NIT_DIAN = "800197268"
CONSUMIDOR_FINAL = "222222222222"
