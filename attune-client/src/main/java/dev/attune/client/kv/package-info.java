/** Raw keys: reads, writes with three outcomes, watches and leases. */
@NullMarked
package dev.attune.client.kv;

import org.jspecify.annotations.NullMarked;
