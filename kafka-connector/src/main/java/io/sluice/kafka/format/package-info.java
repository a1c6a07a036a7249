/**
 * What a rule makes of payloads: as they are, checked, or converted by schemas of a folder or a registry
 * (← ingress, egress; mapping, schemas →).
 */
@NullMarked
package io.sluice.kafka.format;

import org.jspecify.annotations.NullMarked;
