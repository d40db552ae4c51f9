package dev.quorate.operator.x509;

/** A certificate and its key, both as PEM. */
public record KeyPairPem(String certificate, String key) {}
