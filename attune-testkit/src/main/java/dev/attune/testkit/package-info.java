/** A centre inside users' tests. */
@NullMarked
package dev.attune.testkit;

import org.jspecify.annotations.NullMarked;
