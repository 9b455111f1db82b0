"""The page shell: design tokens, shared template macros, static sources, translations, and the HTTP edge."""
