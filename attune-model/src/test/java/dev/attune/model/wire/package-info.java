@NullMarked
package dev.attune.model.wire;

import org.jspecify.annotations.NullMarked;
