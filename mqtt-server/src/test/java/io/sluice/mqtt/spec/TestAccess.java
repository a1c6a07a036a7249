package io.sluice.mqtt.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Authorizer;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.Decision;
import io.sluice.mqtt.auth.EnhancedExchange;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Who may come in, and what for: everybody but the user {@code mallory}; by the method {@value #METHOD} who answers the
 * question with {@code right}. Nobody may do anything below {@code denied/}.
 */
final class TestAccess implements Authenticator, Authorizer {

    static final String METHOD = "QUESTION";

    @Override
    public Mono<AuthOutcome> authenticate(Credentials credentials) {
        String user = credentials.userName();
        if ("mallory".equals(user)) {
            return denied();
        }
        return Mono.just(AuthOutcome.accepted(user == null ? Principal.ANONYMOUS : Principal.user(user)));
    }

    private static Mono<AuthOutcome> denied() {
        return Mono.just(new AuthOutcome.Denied(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "not welcome"));
    }

    @Override
    public @Nullable EnhancedExchange exchange(String method, Credentials credentials) {
        return method.equals(METHOD) ? TestAccess::step : null;
    }

    private static Mono<AuthOutcome> step(@Nullable Payload data) {
        String said = data == null ? "" : data.utf8();
        return switch (said) {
            case "right" ->
                Mono.just(new AuthOutcome.Accepted(Principal.user("alice"), Payload.wrap("welcome".getBytes(UTF_8))));
            case "wrong" -> denied();
            default -> Mono.just(new AuthOutcome.Continue(Payload.wrap("who?".getBytes(UTF_8))));
        };
    }

    @Override
    public Permissions permissions(Client client) {
        return new Permissions() {
            @Override
            public Decision publish(TopicName topicName, boolean retain) {
                return new Decision(isOpen(topicName.value()), Action.PUBLISH, "test");
            }

            @Override
            public Decision will(TopicName topicName, boolean retain) {
                return new Decision(isOpen(topicName.value()), Action.WILL, "test");
            }

            @Override
            public Decision subscribe(TopicFilter filter) {
                return new Decision(isOpen(filter.value()), Action.SUBSCRIBE, "test");
            }
        };
    }

    private static boolean isOpen(String topic) {
        return !topic.startsWith("denied/");
    }
}
