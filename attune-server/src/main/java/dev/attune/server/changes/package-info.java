/** Changes over the keyspace, their routes, and the release of those that are due. */
@NullMarked
package dev.attune.server.changes;

import org.jspecify.annotations.NullMarked;
