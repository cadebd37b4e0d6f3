@NullMarked
package dev.attune.server.grpc;

import org.jspecify.annotations.NullMarked;
