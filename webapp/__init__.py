"""The web: one package an audience, all behind the same shell."""
