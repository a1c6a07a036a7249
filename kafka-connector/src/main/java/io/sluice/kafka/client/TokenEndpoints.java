package io.sluice.kafka.client;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets Kafka's client fetch tokens (OAUTHBEARER). It asks no address that the JVM was not started with
 * ({@value #ALLOWED}), for whoever may write a client's configuration could make it ask any. Sluice's configuration is
 * the operator's own: what stands there is allowed.
 */
public final class TokenEndpoints {

    /** Kafka's system property: addresses with commas between them. */
    static final String ALLOWED = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

    private static final Set<String> KEYS =
            Set.of("sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.jwks.endpoint.url");

    private TokenEndpoints() {}

    /** Allows the addresses in these properties of Kafka's, besides those that are allowed already. */
    public static void allow(Map<String, String> properties) {
        Set<String> allowed = new TreeSet<>();
        for (String key : KEYS) {
            String url = properties.get(key);
            if (url != null) {
                allowed.add(url);
            }
        }
        if (allowed.isEmpty()) {
            return;
        }
        String said = System.getProperty(ALLOWED, "");
        for (String one : said.split(",")) {
            if (!one.isBlank()) {
                allowed.add(one.trim());
            }
        }
        System.setProperty(ALLOWED, String.join(",", allowed));
    }
}
