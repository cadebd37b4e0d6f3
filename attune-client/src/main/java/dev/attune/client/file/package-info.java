/** Files: publishing, rolling back and reading releases. */
@NullMarked
package dev.attune.client.file;

import org.jspecify.annotations.NullMarked;
