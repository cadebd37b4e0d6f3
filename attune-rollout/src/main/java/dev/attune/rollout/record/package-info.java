/** What is stored of a rollout: its record, one key per targeted instance, what a judge says; and where that lies. */
@NullMarked
package dev.attune.rollout.record;

import org.jspecify.annotations.NullMarked;
