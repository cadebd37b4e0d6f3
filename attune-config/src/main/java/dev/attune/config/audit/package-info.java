/** The record of who changed what, and the chain that shows when one was altered. Pure. */
@NullMarked
package dev.attune.config.audit;

import org.jspecify.annotations.NullMarked;
