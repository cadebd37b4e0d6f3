/** The reads, writes and watches that every protocol of the server is a thin layer over. */
@NullMarked
package dev.attune.server.keyspace;

import org.jspecify.annotations.NullMarked;
