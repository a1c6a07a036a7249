package io.sluice.mqtt.port;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A point between two steps of an exchange at which a test ends the process, to see what is there afterwards. Safe for
 * all threads.
 *
 * <p>Off, which is always but in tests, {@link #hit} is a comparison with a constant. {@code -Dsluice.failpoint=Q2-3}
 * ends the process when it comes to Q2-3 for the first time, {@code Q2-3:2} the second time; {@code @FILE} names a file
 * which says so, and is looked into at each point. The table of all points is docs/reference/failpoints.md.
 */
public enum Failpoint {
    Q1_2(
            "Q1-2",
            "PUBLISH QoS 1 was read, nothing of it was sent to Kafka.",
            "No PUBACK, so the client sends it again with DUP [MQTT-4.4.0-1].",
            "It is the first: one record."),
    Q1_3(
            "Q1-3",
            "The record is with Kafka's producer, its answer is outstanding.",
            "Nobody knows whether Kafka has it. No PUBACK; QoS 1 allows a second copy.",
            "One record or two, in the order of the messages."),
    Q1_4(
            "Q1-4",
            "Kafka has acknowledged the record, PUBACK is not written.",
            "The client sends it again; QoS 1 allows a second copy, not a third for one crash.",
            "Two records."),
    Q1_5(
            "Q1-5",
            "PUBACK is written, and lost on the wire.",
            "For the client the same as Q1-4.",
            "Two records, and PUBACK for the repetition."),
    R_1A(
            "R-1a",
            "The record of a retained message at QoS 1 is in Kafka, its retained copy is not.",
            "No PUBACK, so the client sends it again.",
            "Until then the message before is the retained one; PUBACK comes after both."),
    R_1B(
            "R-1b",
            "The same at QoS 2: the transaction has the record, not the retained copy.",
            "No PUBREC, so the client sends it again; there must not be a second record.",
            "Record, packet id and retained copy are one transaction, which is aborted: one record, and the retained copy."),
    Q2_1(
            "Q2-1",
            "PUBLISH QoS 2 was read, its transaction has not begun.",
            "No PUBREC, so the client sends it again with DUP.",
            "It is the first: one record."),
    Q2_2(
            "Q2-2",
            "The record and \"packet id N received\" are in an open transaction.",
            "Kafka aborts the transaction when its producer is fenced; readers of committed records wait until then.",
            "It is aborted before anybody is answered: one record, after the repetition."),
    Q2_3(
            "Q2-3",
            "The transaction is committed, PUBREC is not written.",
            "The client sends PUBLISH again; the id is the same message [MQTT-4.3.3-10].",
            "N is known: PUBREC, and no second record."),
    Q2_4(
            "Q2-4",
            "The commit has come to Kafka, and its answer to nobody.",
            "commitTransaction may have happened or not; a new epoch of the producer ends the question.",
            "The log says whether N is received: PUBREC, and no second record."),
    Q2_5(
            "Q2-5",
            "PUBREC is written, and lost on the wire.",
            "The client may send PUBLISH again, any number of times, hours later.",
            "Each is answered by PUBREC; one record."),
    Q2_6(
            "Q2-6",
            "PUBREL was read, that N is forgotten is not in Kafka.",
            "The client sends PUBREL again; N is another message only after PUBCOMP [MQTT-4.3.3-12].",
            "PUBCOMP; N, used again, is another message."),
    Q2_7(
            "Q2-7",
            "That N is forgotten is in Kafka, PUBCOMP is not written.",
            "PUBREL for an unknown id is answered by PUBCOMP, in MQTT 5 with 0x92.",
            "PUBCOMP for each, never an end of the connection; N, used again, is another message."),
    O1_1A(
            "O1-1a",
            "PUBLISH QoS 1 is written, the window is not in Kafka yet (at the latest a second later).",
            "What was not acknowledged is sent again.",
            "It is sent again in order, as if for the first time: the process that knew its packet id is gone."),
    O1_1B(
            "O1-1b",
            "PUBLISH QoS 1 is written, the window is in Kafka, PUBACK has not come.",
            "It is sent again with DUP and its packet id, in the same order [MQTT-4.4.0-1].",
            "Just so."),
    O1_2(
            "O1-2",
            "PUBACK was read, the cursor is not written.",
            "QoS 1 allows a second copy.",
            "What was acknowledged within the last second comes again, with DUP and its packet id."),
    O1_3(
            "O1-3",
            "The cursor is written while an older message is not acknowledged, and later ones are.",
            "A cursor that hides the older one would lose it.",
            "The older one alone is sent again, with DUP and its packet id."),
    O2_1(
            "O2-1",
            "\"Packet id N is offset O\" is in Kafka, PUBLISH QoS 2 is not written.",
            "The client has seen nothing of N.",
            "PUBLISH N; released once."),
    O2_2(
            "O2-2",
            "PUBLISH QoS 2 is written, PUBREC has not come.",
            "It is sent again with DUP and the same packet id [MQTT-4.3.3-3].",
            "Just so; released once."),
    O2_3(
            "O2-3",
            "PUBREC was read, that is not in Kafka.",
            "The client, which has N, answers PUBREC to PUBLISH N and does not release it again.",
            "PUBLISH N with DUP, never another message under N; released once."),
    O2_4(
            "O2-4",
            "\"N was received\" is in Kafka, PUBREL is not written.",
            "After PUBREC never PUBLISH again [MQTT-4.3.3-6].",
            "PUBREL alone is sent again; released once."),
    O2_5(
            "O2-5",
            "PUBCOMP was read, that is not in Kafka.",
            "PUBREL again is answered by PUBCOMP again.",
            "PUBREL and PUBCOMP again; released once."),
    CON_1(
            "CON-1",
            "CONNECT with clean start was read and the session is claimed, nothing of it is in Kafka.",
            "No CONNACK, so nothing was promised.",
            "The session before is still there."),
    CON_2(
            "CON-2",
            "The session is in Kafka, CONNACK is not written.",
            "Clean start discards the session before [MQTT-3.1.2-4].",
            "Nothing of the session before is ever seen again."),
    SUB_1(
            "SUB-1",
            "SUBSCRIBE was read, the subscription is not in Kafka.",
            "No SUBACK, so the client subscribes again.",
            "There is no subscription until then."),
    SUB_2(
            "SUB-2",
            "The subscription is in Kafka, SUBACK is not written.",
            "No SUBACK, so the client subscribes again, which replaces the subscription [MQTT-3.8.4-3].",
            "The subscription is there: what is published meanwhile is delivered."),
    UNS_1(
            "UNS-1",
            "UNSUBSCRIBE was read, that is not in Kafka.",
            "No UNSUBACK, so the client unsubscribes again.",
            "The subscription is there until then."),
    UNS_2(
            "UNS-2",
            "The subscription is gone from Kafka, UNSUBACK is not written.",
            "An UNSUBSCRIBE of nothing is answered as well, in MQTT 5 with 0x11.",
            "There is no subscription any more.");

    /** As after SIGKILL. */
    public static final int EXIT_CODE = 137;

    private static final @Nullable String SWITCH = System.getProperty("sluice.failpoint");

    /** How often the process has come to the point that is wanted. */
    private record Hits(String wanted, int count) {
        Hits and(String of) {
            return new Hits(of, of.equals(wanted) ? count + 1 : 1);
        }
    }

    private static final AtomicReference<Hits> HITS = new AtomicReference<>(new Hits("", 0));

    private final String id;
    private final String point;
    private final String rule;
    private final String behaviour;

    Failpoint(String id, String point, String rule, String behaviour) {
        this.id = id;
        this.point = point;
        this.rule = rule;
        this.behaviour = behaviour;
    }

    /** What it is called, in the switch and in the table. */
    public String id() {
        return id;
    }

    /** Between which steps it is. */
    public String point() {
        return point;
    }

    /** What MQTT and Kafka say about it. */
    public String rule() {
        return rule;
    }

    /** What is there after the process ended here. */
    public String behaviour() {
        return behaviour;
    }

    /** What the process writes to stderr when it ends here. */
    public String lastWords() {
        return "failpoint " + id + ": halted";
    }

    /** The process has come to this point. Does not return where it is to end here. */
    public void hit() {
        if (SWITCH != null) {
            look(SWITCH);
        }
    }

    private void look(String of) {
        String wanted = of.startsWith("@") ? read(Path.of(of.substring(1))) : of;
        String[] idAndCount = wanted.split(":", 2);
        if (!idAndCount[0].equals(id)) {
            return;
        }
        int count = idAndCount.length == 1 ? 1 : Integer.parseInt(idAndCount[1]);
        if (HITS.updateAndGet(known -> known.and(wanted)).count() == count) {
            System.err.println(lastWords());
            System.err.flush();
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, UTF_8).strip();
        } catch (NoSuchFileException none) {
            return "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public String toString() {
        return id;
    }
}
