/** Log templates: what lines have in common, with ids that stay (tuning §2.4). */
@NullMarked
package dev.attune.tuning.template;

import org.jspecify.annotations.NullMarked;
