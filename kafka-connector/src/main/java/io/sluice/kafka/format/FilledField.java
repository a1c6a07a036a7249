package io.sluice.kafka.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sluice.kafka.mapping.MessageTemplate;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.UserProperty;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field of the document that Sluice fills in: {@code {received}} is the time in milliseconds, {@code {user.<name>}} the
 * first user property of the name or null, all else a template of the rule's captures and the client. Immutable.
 */
final class FilledField {

    private static final String RECEIVED = "{received}";
    private static final String USER = "{user.";

    private final @Nullable MessageTemplate template;
    private final @Nullable String userProperty;

    private FilledField(@Nullable MessageTemplate template, @Nullable String userProperty) {
        this.template = template;
        this.userProperty = userProperty;
    }

    /** @throws IllegalArgumentException with what was found and what was expected */
    static Map<String, FilledField> parse(String filter, Map<String, String> fields) {
        Map<String, FilledField> parsed = new LinkedHashMap<>();
        fields.forEach((name, text) -> parsed.put(name, of(filter, "format.fields." + name, text)));
        return parsed;
    }

    private static FilledField of(String filter, String what, String text) {
        if (text.equals(RECEIVED)) {
            return new FilledField(null, null);
        }
        if (text.startsWith(USER) && text.indexOf('}') == text.length() - 1) {
            return new FilledField(null, text.substring(USER.length(), text.length() - 1));
        }
        return new FilledField(MessageTemplate.of(what, filter, text), null);
    }

    JsonNode value(Message message, long receivedMillis) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (template != null) {
            return json.textNode(template.render(message));
        }
        if (userProperty == null) {
            return json.numberNode(receivedMillis);
        }
        for (UserProperty property : message.properties().userProperties()) {
            if (property.name().equals(userProperty)) {
                return json.textNode(property.value());
            }
        }
        return json.nullNode();
    }
}
