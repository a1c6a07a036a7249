package io.sluice.app.it;

import io.sluice.mqtt.port.Failpoint;
import java.util.List;
import java.util.stream.Collectors;

/** Writes docs/reference/failpoints.md: what a process that dies leaves behind, and which test says so. */
final class FailpointReference {

    /**
     * A row at which nothing is to be halted: the client, the wire or Kafka does it.
     *
     * @param tests which show it
     */
    record Row(String id, String point, String rule, String behaviour, List<TestMethod> tests) {}

    /** A test, by the folder of its module's tests, its class below that, and its method. */
    record TestMethod(String module, String path, String method) {

        /** From the folder of the documentation. */
        String link() {
            String name = path.substring(path.lastIndexOf('/') + 1);
            return "[`" + name + "." + method + "`](" + "../../" + file() + ")";
        }

        /** From the root. */
        String file() {
            return module + "/src/test/java/io/sluice/" + path + ".java";
        }
    }

    private static final String INTRODUCTION = """
            # What a process that dies leaves behind

            <!-- Generated from Failpoint and FailpointReference; FailpointReferenceTest says how. Do not edit. -->

            Between any two steps of an exchange the process may die. This table says of each such point what MQTT and
            Kafka allow, what Sluice does, and which test shows it. `FailpointIT` ends a process at each point, with MQTT
            3.1.1 and with MQTT 5, and resumes its clients on %s; the clients check packet ids, DUP, codes, order and
            session present, and the records are read as any program reads them that reads what is committed.

            """;

    private static final String ROWS_INTRODUCTION = """
            ## Where nothing is to be halted

            The other rows of the same exchanges: the client, the wire or Kafka does something there.

            """;

    private static final String HEAD = "| id | point | MQTT and Kafka | Sluice | test |\n|---|---|---|---|---|\n";

    private FailpointReference() {}

    static List<Row> rows() {
        return List.of(
                new Row(
                        "Q1-1",
                        "PUBLISH is cut after any of its bytes.",
                        "It was never processed; what is sent again is the first.",
                        "One record.",
                        List.of(it("ExchangeRowsIT", "aPublishThatIsCutAfterAnyOfItsBytesIsNone"))),
                new Row(
                        "Q1-6",
                        "Kafka, or a rule, refuses the message for what it is.",
                        "MQTT 5 has reason codes for it, MQTT 3 has none.",
                        "MQTT 5: PUBACK or PUBREC with the code, and the connection stays; MQTT 3: no answer, and the end of the connection.",
                        List.of(
                                it("HandshakeIT", "aMessageThatNoRuleTakesIsRefusedAndTheConnectionStays"),
                                it("HandshakeIT", "anMqtt3ClientMustNotTakeARefusedMessageForStored"),
                                new TestMethod(
                                        "kafka-connector",
                                        "kafka/ingress/ProduceOutcomesTest",
                                        "everyExceptionOfKafkasHasAnOutcomeAndALabel"))),
                new Row(
                        "Q1-7",
                        "Kafka does not answer.",
                        "The outcome is unknown: no success is said.",
                        "The publisher is held until Kafka is back; nothing that was acknowledged is missing.",
                        List.of(new TestMethod("bridge-app", "app/outage/KafkaOutageIT", "kafkaHangs"))),
                new Row(
                        "Q2-8",
                        "PUBREL for a packet id that was never seen.",
                        "PUBCOMP, in MQTT 5 with 0x92.",
                        "Just so.",
                        List.of(it("AcknowledgementsIT", "aReleaseOfNothingIsAnswered"))),
                new Row(
                        "Q2-9",
                        "Kafka refuses one record of a transaction that many clients share.",
                        "The transaction must be aborted.",
                        "That one is refused, the others are written again without it.",
                        List.of(commit("aRecordThatKafkaRefusesCostsNobodyElseTheirs"))),
                new Row(
                        "Q2-10",
                        "The producer was fenced while it committed.",
                        "Whether it was committed is for the log to say.",
                        "The log is asked for the packet id: written again if it is not there, never twice.",
                        List.of(
                                commit("aCommitWhoseProducerWasFencedIsWrittenAgainIfTheLogDoesNotHaveIt"),
                                commit("aCommitWhoseProducerWasFencedIsNotWrittenTwice"))),
                new Row(
                        "O2-6",
                        "The client has discarded its state.",
                        "All packet ids are free, nothing of the old session is sent [MQTT-3.1.2-4].",
                        "Just so.",
                        List.of(
                                it("ExchangeRowsIT", "whoDiscardsItsStateIsSentNothingOfIt"),
                                it("SessionIT", "aCleanStartDiscardsWhatWasThere"))),
                new Row(
                        "O2-7",
                        "PUBACK or PUBREC says that the client refuses the message.",
                        "It counts as acknowledged [MQTT-4.4.0-2].",
                        "It is not sent again, and the next one is.",
                        List.of(
                                it("ExchangeRowsIT", "aDeliveryThatTheClientRefusedIsNotSentAgain"),
                                it("AcknowledgementsIT", "aSubscriberMayRefuseAMessageAndGetsTheNext"))),
                new Row(
                        "O2-8",
                        "The client has unsubscribed meanwhile.",
                        "What was begun is finished [MQTT-3.10.4-3].",
                        "It is sent again with DUP and its packet id; nothing new is sent.",
                        List.of(it("ExchangeRowsIT", "whatWasBegunIsFinishedThoughTheClientHasUnsubscribed"))),
                new Row(
                        "O-9",
                        "A message is larger than the client's Maximum Packet Size.",
                        "It counts as delivered [MQTT-3.1.2-25].",
                        "It is passed over, counted, and the cursor moves on.",
                        List.of(
                                it("ExchangeRowsIT", "aMessageThatIsTooLargeForAClientDoesNotStallIt"),
                                it("FlowControlIT", "whatHasBecomeTooLargeIsNotSentAgain"))),
                new Row(
                        "O-10",
                        "The subscriber does not read.",
                        "Nothing at QoS 1 and 2 may be lost.",
                        "It lags: a cursor, and no memory.",
                        List.of(
                                it("LaggingIT", "whoDoesNotReadGetsEverythingInOrderLater"),
                                it("LaggingIT", "aStalledSocketStallsNobodyElse"))),
                new Row(
                        "O-11",
                        "A session goes over from catching up to the tail.",
                        "Nothing missing, nothing twice.",
                        "It goes over at an exact offset.",
                        List.of(
                                it("LaggingIT", "onceCaughtUpItIsServedFromTheTailAgain"),
                                it("LaggingIT", "whoCameBackToMuchGetsItWhileNewMessagesCome"))));
    }

    private static TestMethod it(String name, String method) {
        return new TestMethod("bridge-app", "app/it/" + name, method);
    }

    private static TestMethod commit(String method) {
        return new TestMethod("kafka-connector", "kafka/transaction/GroupCommitTest", method);
    }

    static TestMethod scenario(Failpoint point) {
        HaltScenario scenario = HaltScenario.of(point);
        return it(scenario.holder(), scenario.method());
    }

    /** The whole page. */
    static String markdown() {
        StringBuilder text = new StringBuilder(INTRODUCTION.formatted(FailpointIT.places()));
        text.append(HEAD);
        for (Failpoint point : Failpoint.values()) {
            row(
                    text,
                    point.id(),
                    point.point(),
                    point.rule(),
                    point.behaviour(),
                    scenario(point).link());
        }
        text.append('\n').append(ROWS_INTRODUCTION).append(HEAD);
        for (Row row : rows()) {
            String tests = row.tests().stream().map(TestMethod::link).collect(Collectors.joining(", "));
            row(text, row.id(), row.point(), row.rule(), row.behaviour(), tests);
        }
        return text.toString();
    }

    private static void row(StringBuilder text, String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
