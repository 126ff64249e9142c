"""Documents the product hands out, and photos as it keeps them; nothing here touches the database."""
