/**
 * The peer transport: members call each other and send one-way messages over one connection per pair, in versioned
 * protobuf envelopes, with mutual TLS when configured. Nothing is ever deserialised into Java objects by class name.
 */
@NullMarked
package dev.attune.transport;

import org.jspecify.annotations.NullMarked;
