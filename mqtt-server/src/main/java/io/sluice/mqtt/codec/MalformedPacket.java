package io.sluice.mqtt.codec;

import io.sluice.mqtt.message.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * What the decoder gives out instead of a packet that breaks the rules: nothing more is read after it.
 *
 * @param reasonCode what an MQTT 5 client is told: 0x81, 0x82, 0x95, …
 * @param connectVersion when the packet was a CONNECT: the version to answer in by CONNACK, else null
 * @param detail what was found and what was expected, for the log
 */
public record MalformedPacket(
        ReasonCode reasonCode, @Nullable ProtocolVersion connectVersion, String detail) {}
