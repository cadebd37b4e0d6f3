/** Configuration as an application sees it: one consistent snapshot at a time, from the centre or from local disk. */
@NullMarked
package dev.attune.client.config;

import org.jspecify.annotations.NullMarked;
