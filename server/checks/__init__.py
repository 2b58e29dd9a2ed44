"""What `ficha check` looks for: rules over the rows of all companies, and over the files that belong to them."""
