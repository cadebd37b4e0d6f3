package dev.attune.transport;

import java.nio.file.Path;

/**
 * Mutual TLS 1.3 between members. Each certificate must name its member's id as a DNS subject alternative name.
 *
 * @param certificate PEM chain of this member
 * @param key PEM PKCS#8 private key, not encrypted
 * @param authority PEM certificates that peers' chains must end in
 */
public record PeerTls(Path certificate, Path key, Path authority) {}
