/** Expressions over signals: checked when a policy is saved, evaluated without effects (tuning §2.3). */
@NullMarked
package dev.attune.tuning.expression;

import org.jspecify.annotations.NullMarked;
