/** What is said about files and environments besides their contents. Pure. */
@NullMarked
package dev.attune.config.settings;

import org.jspecify.annotations.NullMarked;
