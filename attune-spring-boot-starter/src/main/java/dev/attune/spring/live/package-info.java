/** What follows the centre while the application runs: properties beans, injected values, and who is told. */
@NullMarked
package dev.attune.spring.live;

import org.jspecify.annotations.NullMarked;
