/** An application for the test of a slice. */
@NullMarked
package dev.attune.spring.sliced;

import org.jspecify.annotations.NullMarked;
