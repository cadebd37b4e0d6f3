package dev.attune.rollout.coordinate;

import dev.attune.model.config.Coordinate;

/**
 * Where the pointer of a file stands.
 *
 * @param stable the current release; 0 for none
 * @param rollout the rollout that holds the file; 0 for none
 */
public record FileStand(Coordinate file, long stable, long rollout) {}
