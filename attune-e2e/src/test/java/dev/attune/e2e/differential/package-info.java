/** The store beside a real etcd: the same requests, the same answers. */
@NullMarked
package dev.attune.e2e.differential;

import org.jspecify.annotations.NullMarked;
