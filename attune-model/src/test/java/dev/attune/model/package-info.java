@NullMarked
package dev.attune.model;

import org.jspecify.annotations.NullMarked;
