"""What the demo companies sell: description, codes of c_ClaveProdServ and c_ClaveUnidad, price in pesos."""

PRODUCTS = {
    "desk": ("Escritorio binario de 1.20 m", "56101703", "H87", "2480.00"),
    "chair": ("Silla apilable con paleta", "56101504", "H87", "689.50"),
    "laptop": ('Computadora portátil 14", 16 GB, 512 GB', "43211503", "H87", "13990.00"),
    "projector": ("Proyector multimedia de 4,000 lúmenes", "45111609", "H87", "11249.90"),
    "paper": ("Papel bond carta, caja con 10 paquetes", "14111507", "XBX", "979.00"),
    "support": ("Póliza de mantenimiento preventivo, un mes", "81111812", "E48", "8000.00"),
    "access_point": ("Punto de acceso inalámbrico Wi-Fi 7", "43222640", "H87", "4375.25"),
    "advance": ("Anticipo del bien o servicio", "84111506", "ACT", "10000.00"),
    "installation": ("Instalación y puesta en marcha", "81111812", "E48", "6500.00"),
}
