/** How records that are not on a hot path lie in the store: as JSON. Pure. */
@NullMarked
package dev.attune.config.record;

import org.jspecify.annotations.NullMarked;
