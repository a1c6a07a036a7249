package io.sluice.mqtt.auth.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.auth.shared.NameCheck;
import io.sluice.mqtt.auth.shared.StrictJson;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer with status 200: {@code {"result": "allow", "username": "…", "groups": ["…"], "expires": 0}}, of
 * which all but the result may be missing. Other keys are not looked at.
 */
final class WebhookAnswer {

    /** The answer lets nobody in. Carries no stack trace: it is the other server's doing. */
    static final class Refused extends Exception {

        private final WebhookFailure failure;

        Refused(WebhookFailure failure, String found) {
            super(found, null, false, false);
            this.failure = failure;
        }

        WebhookFailure failure() {
            return failure;
        }

        String found() {
            return String.valueOf(getMessage());
        }
    }

    private WebhookAnswer() {}

    /**
     * Who may come in.
     *
     * @param asked the user name of CONNECT, which counts when the answer has none
     */
    static Principal principal(byte[] body, @Nullable String asked, int groupsMax, long nowMillis) throws Refused {
        ObjectNode answer = StrictJson.object(body);
        if (answer == null) {
            throw malformed("no JSON object, or one that has a key twice");
        }
        String result = answer.path("result").textValue();
        if ("deny".equals(result)) {
            throw new Refused(WebhookFailure.DENIED, "the other server denies it");
        }
        if (!"allow".equals(result)) {
            throw malformed("a result that is neither allow nor deny");
        }
        return new Principal(userName(answer, asked), groups(answer, groupsMax), expiryMillis(answer, nowMillis));
    }

    private static @Nullable String userName(ObjectNode answer, @Nullable String asked) throws Refused {
        JsonNode given = answer.path("username");
        boolean isGiven = !given.isMissingNode() && !given.isNull();
        if (isGiven && !given.isTextual()) {
            throw malformed("a username that is not a text");
        }
        String userName = isGiven ? given.textValue() : asked;
        if (userName == null || (!isGiven && userName.isEmpty())) {
            return null;
        }
        String problem = NameCheck.problem(userName);
        if (problem != null) {
            throw new Refused(WebhookFailure.HOSTILE_NAME, "a user name that " + problem);
        }
        return userName;
    }

    private static Set<String> groups(ObjectNode answer, int groupsMax) throws Refused {
        JsonNode given = answer.path("groups");
        if (given.isMissingNode() || given.isNull()) {
            return Set.of();
        }
        if (!given.isArray() || given.size() > groupsMax) {
            throw malformed("groups that are no list, or more than " + groupsMax);
        }
        Set<String> groups = new HashSet<>();
        for (JsonNode group : given) {
            String name = group.textValue();
            String problem = name == null ? "is not a text" : NameCheck.problem(name);
            if (name == null || problem != null) {
                throw malformed("a group that " + problem);
            }
            groups.add(name);
        }
        return groups;
    }

    private static long expiryMillis(ObjectNode answer, long nowMillis) throws Refused {
        JsonNode given = answer.path("expires");
        if (given.isMissingNode() || given.isNull()) {
            return Principal.NEVER;
        }
        if (!given.isNumber()) {
            throw malformed("an end that is not a number");
        }
        long expiryMillis = (long) (given.doubleValue() * 1e3);
        if (nowMillis >= expiryMillis) {
            throw new Refused(WebhookFailure.EXPIRED, "what the other server allows has ended");
        }
        return expiryMillis;
    }

    private static Refused malformed(String found) {
        return new Refused(WebhookFailure.MALFORMED, found);
    }
}
