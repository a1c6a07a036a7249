package io.sluice.app.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A random legal script for three clients, the same for the same seed; it says nothing of any server. */
final class ComparedScript {

    static final List<String> CLIENTS = List.of("a", "b", "c");

    /** One thing that a client does; {@code text} is a topic or a filter, {@code flags} what goes with it. */
    record Step(Action action, String client, String text, int flags, String payload) {

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        int qos() {
            return flags & 3;
        }
    }

    enum Action {
        CONNECT,
        SUBSCRIBE,
        UNSUBSCRIBE,
        PUBLISH,
        DISCONNECT,
        BREAK_OFF
    }

    static final int RETAIN = 0x04;
    static final int CLEAN = 0x08;
    static final int PROPERTIES = 0x10;

    private static final int STEPS = 40;
    private static final List<String> TOPICS = List.of("a", "b", "a/b", "a/c", "b/b");

    /** Of which each client has one set: where a client's own filters overlap, servers may differ (3.3.4 of MQTT 5). */
    private static final List<List<String>> FILTERS =
            List.of(List.of("#"), List.of("a", "b", "a/+", "b/+"), List.of("+", "+/b", "+/c"), List.of("a/#", "b/#"));

    private final Random random;
    private final boolean[] connected = new boolean[CLIENTS.size()];
    private final Protocol[] protocols = new Protocol[CLIENTS.size()];
    private final List<List<String>> filters = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private int messages;

    ComparedScript(long seed) {
        random = new Random(seed);
        for (int i = 0; i < CLIENTS.size(); i++) {
            protocols[i] = random.nextBoolean() ? Protocol.MQTT_5 : Protocol.MQTT_3_1_1;
            filters.add(pick(FILTERS));
        }
        for (int i = 0; i < STEPS; i++) {
            steps.add(next());
        }
    }

    List<Step> steps() {
        return steps;
    }

    Protocol protocol(String client) {
        return protocols[CLIENTS.indexOf(client)];
    }

    private <T> T pick(List<T> choice) {
        return choice.get(random.nextInt(choice.size()));
    }

    private Step next() {
        int index = random.nextInt(CLIENTS.size());
        String client = CLIENTS.get(index);
        int qos = random.nextInt(3);
        if (!connected[index]) {
            connected[index] = true;
            int flags = qos | (random.nextInt(3) == 0 ? CLEAN : 0) | (random.nextInt(4) == 0 ? RETAIN : 0);
            // With a will, always: it says when a server has noticed that the connection is gone.
            return new Step(Action.CONNECT, client, pick(TOPICS), flags, "will" + ++messages);
        }
        int choice = random.nextInt(100);
        if (choice < 30) {
            return new Step(Action.SUBSCRIBE, client, pick(filters.get(index)), qos | options(index), "");
        } else if (choice < 38) {
            return new Step(Action.UNSUBSCRIBE, client, pick(filters.get(index)), 0, "");
        } else if (choice < 80) {
            int flags = qos | (random.nextInt(3) == 0 ? RETAIN : 0) | (random.nextInt(3) == 0 ? PROPERTIES : 0);
            // An empty one clears the retained message.
            String payload = random.nextInt(8) == 0 ? "" : "m" + ++messages;
            return new Step(Action.PUBLISH, client, pick(TOPICS), flags, payload);
        }
        connected[index] = false;
        return new Step(choice < 90 ? Action.DISCONNECT : Action.BREAK_OFF, client, "", 0, "");
    }

    /** Retain Handling; and Retain As Published, always the same for a client: mosquitto keeps the first one. */
    private int options(int index) {
        int retainAsPublished = index == 0 ? 0x08 : 0;
        return protocols[index] == Protocol.MQTT_5 ? retainAsPublished | (random.nextInt(3) << 4) : 0;
    }
}
