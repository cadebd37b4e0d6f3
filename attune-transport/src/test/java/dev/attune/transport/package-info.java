/** What every transport must do, and what a hostile peer must not achieve. */
@NullMarked
package dev.attune.transport;

import org.jspecify.annotations.NullMarked;
