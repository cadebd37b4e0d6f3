@NullMarked
package dev.attune.model.kv;

import org.jspecify.annotations.NullMarked;
