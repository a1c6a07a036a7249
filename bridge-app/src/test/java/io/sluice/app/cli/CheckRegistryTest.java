package io.sluice.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code sluice check --registry}. */
final class CheckRegistryTest {

    private static final String SCHEMA =
            "{\\\"type\\\": \\\"record\\\", \\\"name\\\": \\\"Reading\\\", \\\"fields\\\": ["
                    + "{\\\"name\\\": \\\"device\\\", \\\"type\\\": \\\"string\\\"}]}";

    private static final Map<String, String> ANSWERS = Map.of(
            "/subjects/readings-value/versions/latest", "{\"id\": 7, \"schema\": \"" + SCHEMA + "\"}",
            "/subjects/readings-value/versions/2", "{\"id\": 6, \"schema\": \"\\\"int\\\"\"}",
            "/compatibility/subjects/whole-value/versions/latest?verbose=true", "{\"is_compatible\": false}");

    private static final String RULES = """
            schema-registry: {url: "%s", auto-register: true}
            ingress:
              - {name: readings, filter: "readings/{device}", topic: readings, format: {type: json-to-avro, fields: {device: "{device}"}}}
              - {name: nowhere, filter: "nowhere/#", topic: nowhere, format: {type: avro}}
              - {name: kind, filter: "kind/#", topic: kind, format: {type: json, subject: readings-value}}
              - {name: tenants, filter: "t/{tenant}/#", topic: "t.{tenant}", format: {type: avro}}
              - {name: whole, filter: "whole/#", topic: whole, format: {type: envelope}}
              - {name: first, filter: "first/#", topic: first, format: {type: envelope}}
              - {name: site, filter: "site/{site}", topic: readings, format: {type: json-to-avro, fields: {site: "{site}"}}}
              - {name: pinned, filter: "pinned/#", topic: readings, format: {type: avro, version: 2}}
              - {name: rest, filter: "#", topic: rest}
            """;

    @TempDir
    Path folder = Path.of(".");

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final HttpServer registry = server();
    private final StringWriter out = new StringWriter();

    private static HttpServer server() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() {
        registry.createContext("/", this::answer);
        registry.start();
    }

    @AfterEach
    void stop() {
        registry.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        asked.add(exchange.getRequestMethod() + " " + path);
        String body = ANSWERS.getOrDefault(path, "{}");
        exchange.sendResponseHeaders(ANSWERS.containsKey(path) ? 200 : 404, 0);
        exchange.getResponseBody().write(body.getBytes(UTF_8));
        exchange.close();
    }

    private String url() {
        return "http://127.0.0.1:" + registry.getAddress().getPort();
    }

    private String rules(String url) throws IOException {
        return Files.writeString(folder.resolve("sluice.yaml"), RULES.formatted(url))
                .toString();
    }

    private int execute(String... arguments) {
        CommandLine line = SluiceCommand.commandLine(Map.of(), (config, sources) -> 7);
        line.setOut(new PrintWriter(out, true));
        return line.execute(arguments);
    }

    @Test
    void saysPerRuleWhichSchemaItHasAndWhatIsMissingOrIncompatible() throws IOException {
        assertThat(execute("check", "--registry", "-c", rules(url()))).isEqualTo(1);

        assertThat(out.toString().lines().skip(9))
                .containsExactly(
                        "ingress[0] \"readings\": readings-value: id 7",
                        "ingress[1] \"nowhere\": nowhere-value: the registry answers 404",
                        "ingress[2] \"kind\": readings-value: id 7, an Avro schema (expected: a JSON Schema)",
                        "ingress[3] \"tenants\": t.{tenant}-value: depends on the message, not asked for",
                        "ingress[4] \"whole\": whole-value: io.sluice.Envelope is not compatible with the newest version:"
                                + " would be refused",
                        "ingress[5] \"first\": first-value: io.sluice.Envelope, registered with the first message",
                        "ingress[6] \"site\": readings-value: id 7, has no field site, which the rule fills in",
                        "ingress[7] \"pinned\": readings-value version 2: id 6, which the newest version, id 7, cannot"
                                + " read");
        assertThat(asked).noneMatch(request -> request.startsWith("POST") && request.endsWith("/versions"));
    }

    @Test
    void jsonIsForPrograms() throws IOException {
        String one = "ingress: [{name: r, filter: \"r/#\", topic: readings, format: {type: avro}}]\n"
                + "schema-registry: {url: \"" + url() + "\"}\n";
        String file = Files.writeString(folder.resolve("one.yaml"), one).toString();

        assertThat(execute("check", "--registry", "-o", "json", "-c", file)).isZero();

        assertThat(out.toString().strip())
                .isEqualTo(
                        "{\"ok\":true,\"problems\":[],\"registry\":[\"ingress[0] \\\"r\\\": readings-value: id 7\"]}");
    }

    @Test
    void aRegistryThatCannotBeAskedIsAProblem() throws IOException {
        registry.stop(0);

        assertThat(execute("check", "--registry", "-c", rules(url()))).isEqualTo(1);

        assertThat(out.toString().lines().toList())
                .last()
                .asString()
                .startsWith("schema-registry: " + url() + " cannot be asked: java.net.ConnectException");
    }

    @Test
    void aFolderIsAskedInItsPlace() throws IOException {
        Path schemas = Files.createDirectory(folder.resolve("schemas"));
        Files.writeString(schemas.resolve("readings-value.avsc"), "\"int\"");
        String file = Files.writeString(folder.resolve("folder.yaml"), """
                        schema-registry: {folder: "%s"}
                        ingress:
                          - {name: r, filter: "r/#", topic: readings, format: {type: avro}}
                          - {name: s, filter: "s/#", topic: s, format: {type: avro}}
                        """.formatted(schemas))
                .toString();

        assertThat(execute("check", "--registry", "-c", file)).isEqualTo(1);

        assertThat(out.toString())
                .contains("ingress[0] \"r\": readings-value: found")
                .contains("ingress[1] \"s\": no file for subject s-value");
    }

    @Test
    void withoutFormatsThereIsNothingToAsk() {
        assertThat(execute("check", "--registry")).isZero();
        assertThat(out.toString())
                .contains("schema-registry: no rule needs a schema")
                .contains("No problems.");
    }
}
