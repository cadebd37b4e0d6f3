@NullMarked
package dev.attune.bench.bed;

import org.jspecify.annotations.NullMarked;
