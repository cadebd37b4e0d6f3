/** What concerns many files at once: search, export, and the removal of old releases. */
@NullMarked
package dev.attune.server.estate;

import org.jspecify.annotations.NullMarked;
