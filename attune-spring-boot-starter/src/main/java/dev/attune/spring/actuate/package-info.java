/** What operators see: the endpoint, the health contribution, the metrics. */
@NullMarked
package dev.attune.spring.actuate;

import org.jspecify.annotations.NullMarked;
