/** Connected instances as they are stored. Pure. */
@NullMarked
package dev.attune.config.instance;

import org.jspecify.annotations.NullMarked;
