/** Policies as people write them: YAML, read strictly, with the place of every mistake (tuning §6.1). */
@NullMarked
package dev.attune.tuning.policy;

import org.jspecify.annotations.NullMarked;
