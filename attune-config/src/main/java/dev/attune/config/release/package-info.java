/** How files and their releases lie in the store, and the transactions that change them. Pure. */
@NullMarked
package dev.attune.config.release;

import org.jspecify.annotations.NullMarked;
