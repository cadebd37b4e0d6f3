/** Policies as files: where they lie, and what is checked before one is released. */
@NullMarked
package dev.attune.server.policies;

import org.jspecify.annotations.NullMarked;
