/** gRPC over the API's port: framing, statuses and the service {@code attune.v1.Kv}. */
@NullMarked
package dev.attune.server.grpc;

import org.jspecify.annotations.NullMarked;
