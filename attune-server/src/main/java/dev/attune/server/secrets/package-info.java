/** Secret values: sealed where they are stored, opened for those who may read them, masked for all others. */
@NullMarked
package dev.attune.server.secrets;

import org.jspecify.annotations.NullMarked;
