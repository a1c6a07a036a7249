package io.sluice.app.config;

import io.sluice.mqtt.connection.ConnectionSettings.DeniedPublish;
import io.sluice.mqtt.session.ShareStrategy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What clients are told and held to.
 *
 * @param maxPacketSize the largest packet
 * @param receiveMaximum unacknowledged PUBLISH packets of a client
 * @param topicAliasMaximum topic aliases of a client
 * @param maxKeepAlive the longest keep-alive, or 0 for any
 * @param maxClientIdLength of a client id
 * @param retained whether retained messages are supported
 * @param wildcardSubscriptions whether filters may have wildcards
 * @param sharedSubscriptions whether subscriptions may be shared
 * @param sharedStrategy which member of a share a message goes to
 * @param subscriptionIdentifiers whether subscriptions may have identifiers
 * @param maxQos the highest QoS of clients
 * @param responseInformation told to who asks for it, or null
 * @param closedToPublish filters of topics that nobody may publish to, or null
 * @param closedToSubscribe filters of topics that nobody may subscribe to, or null
 * @param sysTopics whether `$SYS` is there
 * @param sysInterval how often it is told
 * @param connectTimeout from the accepted socket to CONNECT
 * @param deniedPublish what an MQTT 3 client gets that publishes where it may not
 */
public record MqttConfig(
        @Key(value = "The largest packet that a client may send.", byDefault = "1MiB", min = "1KiB", max = "256MiB")
        Bytes maxPacketSize,

        @Key(
                value = "The most PUBLISH packets of QoS 1 and 2 that a client may have unacknowledged.",
                byDefault = "1000",
                min = "1",
                max = "65535",
                unit = "packets")
        int receiveMaximum,

        @Key(
                value = "The most topic aliases that a client may use; 0 for none.",
                byDefault = "16",
                min = "0",
                max = "65535",
                unit = "aliases")
        int topicAliasMaximum,

        @Key(
                value = "The longest keep-alive; a client that asks for more gets this one. 0 for any.",
                byDefault = "0s",
                min = "0s",
                max = "65535s")
        Duration maxKeepAlive,

        @Key(value = "The longest client id.", byDefault = "256", min = "23", max = "65535", unit = "bytes of UTF-8")
        int maxClientIdLength,

        @Key(value = "Whether retained messages are supported.", byDefault = "true")
        boolean retained,

        @Key(value = "Whether filters may have wildcards.", byDefault = "true")
        boolean wildcardSubscriptions,

        @Key(value = "Whether subscriptions may be shared, as `$share/group/filter`.", byDefault = "true")
        boolean sharedSubscriptions,

        @Key(
                value =
                        "Which member of a shared subscription a message goes to: `publisher`, the same for all messages "
                                + "of a publisher, in their order; `topic`, the same for all of a topic; `round-robin`, each "
                                + "in turn.",
                byDefault = "publisher")
        ShareStrategy sharedStrategy,

        @Key(value = "Whether subscriptions may have identifiers.", byDefault = "true")
        boolean subscriptionIdentifiers,

        @Key(
                value = "The highest QoS that clients may publish at, and that subscriptions are granted.",
                byDefault = "2",
                min = "0",
                max = "2")
        int maxQos,

        @Key("What clients are told as Response Information when they ask for it, as a rule the beginning of the "
                + "topics for their responses.")
        @Nullable
        String responseInformation,

        @Key("Filters of topics that nobody may publish to, whatever `authorization` says.") @Nullable
        Words closedToPublish,

        @Key("Filters of topics that nobody may subscribe to; a filter that can match one of them is refused.")
        @Nullable
        Words closedToSubscribe,

        @Key(value = "Whether the server tells of itself in retained messages below `$SYS/broker`.", byDefault = "true")
        boolean sysTopics,

        @Key(value = "How often it tells.", byDefault = "10s", min = "1s", max = "1h")
        Duration sysInterval,

        @Key(
                value = "The longest time from the accepted connection until its CONNECT is here.",
                byDefault = "10s",
                min = "100ms",
                max = "10m")
        Duration connectTimeout,

        @Key(
                value = "What an MQTT 3 client gets that publishes where it may not, as its version cannot tell it: "
                        + "`disconnect`, so that it does not take the message for stored, or `drop`: the message is "
                        + "acknowledged and thrown away. MQTT 5 clients are told 0x87.",
                byDefault = "disconnect")
        DeniedPublish deniedPublish) {}
