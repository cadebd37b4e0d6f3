/** The REST routes under {@code /api/v1}: raw keys, watches, leases, cluster, tokens, health and the OpenAPI document. */
@NullMarked
package dev.attune.server.api;

import org.jspecify.annotations.NullMarked;
