/** The instances on one Kafka: who is alive, who guards what belongs to nobody, and when this one must hold still (log, client →). */
@NullMarked
package io.sluice.kafka.fleet;

import org.jspecify.annotations.NullMarked;
