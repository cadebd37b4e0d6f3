/** What instances measure and log, as it travels from them to the centre and between members. */
@NullMarked
package dev.attune.model.signal;

import org.jspecify.annotations.NullMarked;
