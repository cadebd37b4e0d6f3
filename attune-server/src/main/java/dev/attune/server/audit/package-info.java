/** Who changed what: written with each change, chained behind it, listed and verified. */
@NullMarked
package dev.attune.server.audit;

import org.jspecify.annotations.NullMarked;
