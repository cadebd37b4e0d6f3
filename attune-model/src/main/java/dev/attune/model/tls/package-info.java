/** Trust in certificates, for everything here that connects. */
@NullMarked
package dev.attune.model.tls;

import org.jspecify.annotations.NullMarked;
