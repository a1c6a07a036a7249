package io.sluice.app.management;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.sluice.app.log.Logs;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The log's levels over HTTP: GET shows them, PUT {@code /log/levels?logger=io.sluice.kafka&level=debug} sets one, and
 * without {@code level} takes it back. Who may is the {@link Gatekeeper}'s business.
 */
final class LogLevels {

    static final String PATH = "/log/levels";

    private static final Logger log = LoggerFactory.getLogger(LogLevels.class);
    private static final String TEXT = "text/plain; charset=utf-8";

    private LogLevels() {}

    /** Any thread. */
    static ManagementServer.Page answer(HttpServerRequest request) {
        if (request.method().equals(HttpMethod.PUT)) {
            QueryStringDecoder query = new QueryStringDecoder(request.uri());
            String logger = parameter(query, "logger");
            String level = parameter(query, "level");
            if (logger == null || logger.isEmpty()) {
                return text(
                        HttpResponseStatus.BAD_REQUEST, "logger: missing (expected: " + PATH + "?logger=…&level=…)\n");
            }
            try {
                Logs.setLevel(logger, level);
            } catch (IllegalArgumentException wrong) {
                return text(HttpResponseStatus.BAD_REQUEST, wrong.getMessage() + "\n");
            }
            log.atInfo()
                    .addKeyValue("of", logger)
                    .addKeyValue("to", level == null ? "inherited" : level)
                    .log("Log level changed");
        }
        return text(
                HttpResponseStatus.OK,
                Logs.levels().entrySet().stream()
                        .map(level -> level.getKey() + " " + level.getValue() + "\n")
                        .collect(Collectors.joining()));
    }

    private static @Nullable String parameter(QueryStringDecoder query, String name) {
        List<String> values = query.parameters().getOrDefault(name, List.of());
        return values.isEmpty() ? null : values.get(0);
    }

    private static ManagementServer.Page text(HttpResponseStatus status, String body) {
        return new ManagementServer.Page(status, TEXT, body);
    }
}
