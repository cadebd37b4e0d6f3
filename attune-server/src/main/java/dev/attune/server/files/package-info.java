/** Files over the keyspace, and their routes. */
@NullMarked
package dev.attune.server.files;

import org.jspecify.annotations.NullMarked;
