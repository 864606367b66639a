"""One experiment from several seeds, beside the window: a strip of live pictures, and what is luck."""
