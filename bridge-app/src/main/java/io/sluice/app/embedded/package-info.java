/** A Kafka of one node inside this process, for a start without a cluster. The only place that knows Kafka's server. */
@NullMarked
package io.sluice.app.embedded;

import org.jspecify.annotations.NullMarked;
