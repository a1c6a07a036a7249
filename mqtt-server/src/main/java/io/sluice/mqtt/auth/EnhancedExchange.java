package io.sluice.mqtt.auth;

import io.sluice.mqtt.message.Payload;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One enhanced authentication (MQTT 5, section 4.12): a few messages to and fro. One step at a time; not safe for
 * several threads.
 */
public interface EnhancedExchange {

    /**
     * Takes the client's Authentication Data and answers.
     *
     * @param data of CONNECT for the first step, of AUTH for those that follow; null when the packet has none
     * @return on any thread; after anything but {@link AuthOutcome.Continue} the exchange is over
     */
    Mono<AuthOutcome> step(@Nullable Payload data);
}
