/** Spans of messages on their way into Kafka, for those who follow them across programs. Knows OpenTelemetry, alone. */
@NullMarked
package io.sluice.app.trace;

import org.jspecify.annotations.NullMarked;
