/** The contract every engine passes, and simple stand-ins for tests of what lies above the log. */
@NullMarked
package dev.attune.consensus;

import org.jspecify.annotations.NullMarked;
