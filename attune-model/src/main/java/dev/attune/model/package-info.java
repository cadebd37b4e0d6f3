/** Values every part of Attune shares: bytes, errors and request ids. Depends on the JDK only; pure. */
@NullMarked
package dev.attune.model;

import org.jspecify.annotations.NullMarked;
