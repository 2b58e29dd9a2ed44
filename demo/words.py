"""Words that believable names, streets and companies are made of."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


GIVEN_NAMES = _words("""
    Adriana Alejandro Alicia Andrés Ángel Beatriz Begoña Carlos Carmen César Claudia Daniel Diego Edgar
    Eduardo Elena Emilio Fabiola Fernando Francisco Gabriela Gerardo Guadalupe Gustavo Héctor Hugo Ignacio
    Irma Isabel Javier Jazmín Jesús Joaquín Jorge José Juan Juana Karla Laura Leticia Lorena Lucía Luis Manuel
    Marcela Margarita María Mario Martha Miguel Mónica Nayeli Nicolás Noé Octavio Olga Óscar Pablo Patricia
    Pedro Raúl Rebeca Ricardo Roberto Rocío Rosa Rubén Salvador Sandra Santiago Saúl Sergio Silvia Sofía
    Teresa Tomás Valeria Verónica Víctor Ximena Xóchitl Yolanda Zoé
""")

SURNAMES = _words("""
    Acosta Aguilar Aguirre Alcántara Alvarado Ávila Ayala Barrios Becerra Bernal Bravo Cabrera Calderón
    Camacho Cárdenas Castañeda Castillo Cervantes Chávez Contreras Córdova Corona Coronado Cortés Cruz Delgado
    Díaz Domínguez Durán Escobar Espinosa Esquivel Estrada Fernández Figueroa Flores Franco Fuentes Galindo
    Gallegos García Garza Gómez González Guerrero Gutiérrez Guzmán Haro Hernández Herrera Ibarra Jiménez
    Juárez Lara León López Luna Macías Maldonado Márquez Martínez Medina Mejía Méndez Mendoza Meza Miranda
    Molina Montes Montoya Morales Moreno Muñoz Nájera Navarro Núñez Ocampo Ochoa Olvera Ordóñez Orozco Ortega
    Ortiz Osorio Pacheco Padilla Palacios Peña Peralta Pérez Pineda Ponce Quiroz Ramírez Ramos Rangel Reyes
    Ríos Rivas Rivera Robles Rocha Rodríguez Rojas Romero Rosales Rubio Ruiz Salas Salazar Salinas Sánchez
    Sandoval Santiago Santos Serrano Solís Soto Suárez Tapia Téllez Torres Treviño Trujillo Uribe Valdez
    Valencia Valenzuela Vargas Vázquez Vega Velázquez Vera Villa Villarreal Yáñez Zamora Zapata Zárate Zavala
    Zepeda Zúñiga
""")

TRADES = _words("""
    ABARROTES ACEROS AGENCIA ALIMENTOS ALMACENES ARQUITECTOS ASESORES AUTOPARTES BODEGAS CAFETERIA CARNICERIA
    CARPINTERIA CEMENTOS CLINICA COLEGIO COMERCIALIZADORA CONSTRUCTORA CONSULTORIA CREDITOS CRISTALERIA
    DESPACHO DISTRIBUIDORA DULCERIA EDITORIAL ELECTRICA EMPACADORA EMPAQUES ENERGIA EQUIPOS ESTRUCTURAS
    FARMACIA FERRETERIA FLETES FLORERIA FRIGORIFICOS FUNDIDORA GASOLINERA GRANJAS GRUPO HERRAMIENTAS HOTEL
    ILUMINACION IMPRENTA INGENIERIA INMOBILIARIA INSTITUTO INSUMOS JARDINERIA JOYERIA JUGUETERIA LABORATORIOS
    LAVANDERIA LLANTERA LOGISTICA MADERAS MAQUILADORA MAQUINADOS MARISCOS MATERIALES MENSAJERIA METALES
    MUEBLERIA NEUMATICOS OPERADORA OPTICA PANIFICADORA PAPELERIA PASTELERIA PERFILES PERFUMERIA PINTURAS
    PLASTICOS PRODUCTORA PROMOTORA PROVEEDORA PUBLICIDAD QUESERIA QUIMICA REFACCIONES REFRIGERACION
    RESTAURANTE ROPA SEGURIDAD SEMILLAS SERVICIOS SISTEMAS SOLUCIONES SUMINISTROS TALLERES TECNOLOGIA TEXTILES
    TORNILLOS TRANSPORTES TUBERIAS UNIFORMES VETERINARIA VIAJES VIDRIOS VIVEROS ZAPATERIA
""")

PLACES = _words("""
    ACAMBARO ACAPULCO AGUASCALIENTES ALAMOS ATLIXCO BACALAR CABORCA CAMPECHE CANCUN CELAYA CHALCO CHAPALA
    CHIHUAHUA COLIMA COMITAN CORDOBA CUAUTLA CUERNAVACA CULIACAN DURANGO ENSENADA FRESNILLO GUANAJUATO GUAYMAS
    HERMOSILLO HUATULCO IGUALA IRAPUATO IZTAPALAPA JALISCO JUAREZ LAGOS LEON LOS_MOCHIS MANZANILLO MATAMOROS
    MAZATLAN MERIDA MEXICALI MONCLOVA MONTERREY MORELIA NAYARIT NOGALES OAXACA OCOTLAN ORIZABA PACHUCA PARRAL
    PATZCUARO PENJAMO PUEBLA QUERETARO REYNOSA SALAMANCA SALTILLO SINALOA SONORA TABASCO TAMPICO TAPACHULA
    TAXCO TEHUACAN TEPIC TEQUILA TEXCOCO TIJUANA TLAXCALA TOLUCA TORREON TULUM URUAPAN VALLARTA VERACRUZ
    XALAPA YUCATAN ZACATECAS ZAMORA
""")

SYLLABLES = _words("""
    BA CA CO DA DE DO FA FE GA GO LA LE LI LO LU MA ME MI MO NA NE NI NO PA PE PI RA RE RI RO SA SE SI SO TA
    TE TI TO VA VE VI XA YE ZA ZO ÑA ÑO
""")

STREETS = _words("""
    Abasolo Aldama Allende Bravo Carranza Constitución Corregidora Cuauhtémoc Galeana Guerrero Hidalgo
    Independencia Insurgentes Iturbide Juárez Libertad Madero Matamoros Mina Morelos Obregón Ocampo Pípila
    Reforma Revolución Victoria Zaragoza
""")

JOBS = ("Dirección general", "Compras", "Cuentas por pagar", "Administración", "Sistemas", "Almacén", "Gerencia", None)
