package io.sluice.app.management;

import io.sluice.app.JsonText;
import io.sluice.app.management.Health.Component;
import java.util.Locale;
import java.util.stream.Collectors;

/** What /health says: all parts, and what follows for the probes. */
final class HealthJson {

    private HealthJson() {}

    static String of(Health health) {
        String components = health.components().entrySet().stream()
                .map(entry -> JsonText.quoted(entry.getKey()) + ":" + json(entry.getValue()))
                .collect(Collectors.joining(","));
        return "{\"live\":" + health.isLive() + ",\"ready\":" + health.isReady() + ",\"components\":{" + components
                + "}}\n";
    }

    private static String json(Component component) {
        return "{\"status\":" + JsonText.quoted(component.status().name().toLowerCase(Locale.ROOT)) + ",\"detail\":"
                + JsonText.quoted(component.detail()) + "}";
    }
}
