/** The rules of the code's structure, kept by tests. */
@NullMarked
package dev.attune.e2e.arch;

import org.jspecify.annotations.NullMarked;
