/** The one durable log every engine writes: checksummed, chained records in preallocated segments, group fsync. */
@NullMarked
package dev.attune.storage.log;

import org.jspecify.annotations.NullMarked;
