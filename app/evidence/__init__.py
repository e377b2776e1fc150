"""Photos: named first, checked by decoding, kept byte-exact and private, shown as a clean derivative."""
