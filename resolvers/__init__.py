"""How each field is answered: arguments in, a loader or a domain command asked, a row out."""
