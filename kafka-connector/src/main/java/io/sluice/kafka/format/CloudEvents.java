package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.UserProperty;
import io.sluice.mqtt.port.Refusal;
import io.sluice.schemas.convert.JsonDocument;
import io.sluice.schemas.convert.MisfitException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents 1.0 of MQTT (attributes as user properties, or all of it as JSON) as those of Kafka in binary mode:
 * attributes in headers {@code ce_*}, the data as the value. Stateless.
 */
final class CloudEvents {

    static final String CONTENT_TYPE = "application/cloudevents+json";

    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]{1,20}");
    private static final String DATA_TYPE = "datacontenttype";
    private static final String DATA = "data";
    private static final String DATA_BASE64 = "data_base64";

    private CloudEvents() {}

    static Formatted toKafka(Message message, JsonDocument documents) {
        String contentType = message.properties().contentType();
        boolean isStructured =
                contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith(CONTENT_TYPE);
        return isStructured ? structured(message, documents) : binary(message);
    }

    private static Formatted binary(Message message) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (UserProperty property : message.properties().userProperties()) {
            if (NAME.matcher(property.name()).matches()) {
                attributes.putIfAbsent(property.name(), property.value());
            }
        }
        return value(attributes, message.payload().bytes(), null);
    }

    private static Formatted structured(Message message, JsonDocument documents) {
        try {
            JsonNode event = documents.read(message.payload().bytes());
            Map<String, String> attributes = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> member : event.properties()) {
                if (NAME.matcher(member.getKey()).matches()
                        && member.getValue().isValueNode()
                        && !member.getValue().isNull()
                        && !member.getKey().equals(DATA)) {
                    attributes.put(member.getKey(), member.getValue().asText());
                }
            }
            return value(attributes, data(event, attributes), attributes.getOrDefault(DATA_TYPE, "application/json"));
        } catch (MisfitException misfit) {
            return IngressFormat.misfit(misfit, KnownSchema.NO_ID);
        } catch (IllegalArgumentException noBase64) {
            return misfit("$." + DATA_BASE64, "expected Base64");
        }
    }

    private static byte[] data(JsonNode event, Map<String, String> attributes) {
        if (event.has(DATA_BASE64)) {
            return Base64.getDecoder().decode(event.get(DATA_BASE64).asText());
        }
        JsonNode data = event.get(DATA);
        if (data == null) {
            return new byte[0];
        }
        boolean isJson = attributes.getOrDefault(DATA_TYPE, "json").contains("json");
        return (data.isTextual() && !isJson ? data.textValue() : data.toString()).getBytes(UTF_8);
    }

    private static Formatted value(Map<String, String> attributes, byte[] data, @Nullable String contentType) {
        for (String name : REQUIRED) {
            if (attributes.getOrDefault(name, "").isEmpty()) {
                return misfit("$." + name, "expected the attribute of a CloudEvent, found nothing");
            }
        }
        List<Header> headers = new ArrayList<>();
        attributes.forEach((name, text) -> {
            if (!name.equals(DATA_TYPE)) {
                headers.add(new RecordHeader("ce_" + name, text.getBytes(UTF_8)));
            }
        });
        if (contentType != null) {
            // The last of one name counts: of the data, not of the JSON around it.
            headers.add(new RecordHeader("content-type", contentType.getBytes(UTF_8)));
        }
        return new Formatted.Value(data, headers);
    }

    private static Formatted misfit(String path, String words) {
        return new Formatted.Misfit(Refusal.SCHEMA, path, path + ": " + words, KnownSchema.NO_ID);
    }
}
