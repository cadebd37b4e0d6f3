/** Metrics and logs by the OpenTelemetry protocol over HTTP. */
@NullMarked
package dev.attune.server.otlp;

import org.jspecify.annotations.NullMarked;
