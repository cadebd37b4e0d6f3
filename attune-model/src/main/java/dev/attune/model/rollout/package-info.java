/** What is said between a member and an instance about a rollout: directives and answers (decision 0015). */
@NullMarked
package dev.attune.model.rollout;

import org.jspecify.annotations.NullMarked;
