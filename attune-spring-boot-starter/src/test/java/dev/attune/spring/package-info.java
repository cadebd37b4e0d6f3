@NullMarked
package dev.attune.spring;

import org.jspecify.annotations.NullMarked;
