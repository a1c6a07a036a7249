/**
 * Who wants what: topic filters, their options, and the index that finds the subscriptions of a topic name. Readable
 * from many threads without locks (← delivery, session; message, port →).
 */
@NullMarked
package io.sluice.mqtt.subscription;

import org.jspecify.annotations.NullMarked;
