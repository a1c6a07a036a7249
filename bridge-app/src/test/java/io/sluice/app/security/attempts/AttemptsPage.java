package io.sluice.app.security.attempts;

import java.util.List;
import java.util.Objects;

/** The attempts as a page of the documentation. */
final class AttemptsPage {

    private static final String HEAD = """
            # What nobody may

            <!-- Generated from the attempts of `AttemptsIT`; `AttemptsPageTest` says how. Do not edit. -->

            Each row is tried against a running Sluice, with listeners of every kind and embedded Kafka, by `AttemptsIT`: it is
            answered as it says here, nothing of it is delivered or stored, its connection is gone, who may is served, and its
            password or token is in no log at `debug`, no metric and no thread's name. Codes are those of MQTT 3.1.1 (CONNACK 0 to
            5, SUBACK 0x80) and of MQTT 5; "closed" is the end of the connection. Where there is a dash, the version knows no such
            thing, or one is tried in place of both.
            """;

    private AttemptsPage() {}

    static String markdown(List<Attempt> attempts) {
        StringBuilder page = new StringBuilder(HEAD);
        for (Area area : Area.values()) {
            page.append("\n## ").append(area.title()).append("\n\n| attempt | MQTT 3.1.1 | MQTT 5 |\n|---|---|---|\n");
            attempts.stream().filter(attempt -> attempt.area() == area).forEach(attempt -> page.append("| ")
                    .append(attempt.what())
                    .append(" | ")
                    .append(Objects.requireNonNullElse(attempt.answer3(), "–"))
                    .append(" | ")
                    .append(Objects.requireNonNullElse(attempt.answer5(), "–"))
                    .append(" |\n"));
        }
        return page.toString();
    }
}
