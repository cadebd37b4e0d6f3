/** JSON Schema over files of every format that has keys. Pure: nothing is fetched, patterns run in linear time. */
@NullMarked
package dev.attune.config.schema;

import org.jspecify.annotations.NullMarked;
