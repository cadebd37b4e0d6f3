/** Attune beside its peers: the same load, the same disk, in turn. */
@NullMarked
package dev.attune.bench;

import org.jspecify.annotations.NullMarked;
