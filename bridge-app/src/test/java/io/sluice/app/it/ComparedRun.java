package io.sluice.app.it;

import io.sluice.app.it.ComparedScript.Action;
import io.sluice.app.it.ComparedScript.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A script on one server: what its clients see, step by step. After each step a mark is sent to every client that is
 * connected; what comes before the mark belongs to the step.
 */
final class ComparedRun implements AutoCloseable {

    private final ComparedScript script;
    private final int port;
    private final String root;
    private final RawClient conductor;
    private final Map<String, RawClient> clients = new TreeMap<>();
    private final Map<String, String> wills = new HashMap<>();
    private final List<String> seen = new ArrayList<>();
    private int marks;

    /** @param root the levels above all topics, which nobody else uses */
    ComparedRun(ComparedScript script, int port, String root) throws IOException {
        this.script = script;
        this.port = port;
        this.root = root;
        conductor = new RawClient(port);
        conductor.connect(new Connect(Protocol.MQTT_3_1_1, root.replace('/', '-')));
        conductor.subscribe(root + "/m/#", 0);
    }

    /** Runs all steps; a line for each thing that a client saw. */
    List<String> run() throws IOException {
        int number = 0;
        for (Step step : script.steps()) {
            seen.add(++number + ": " + step);
            carryOut(step);
            mark();
            if (step.action() == Action.SUBSCRIBE) {
                // Retained messages may come beside what is published.
                mark();
            }
        }
        return seen;
    }

    private void carryOut(Step step) throws IOException {
        switch (step.action()) {
            case CONNECT -> connect(step);
            case SUBSCRIBE -> saw(step, "granted " + client(step).subscribe(topic(step), step.flags()));
            case UNSUBSCRIBE ->
                saw(
                        step,
                        "unsubscribed " + client(step).unsubscribe(topic(step)).codes());
            case PUBLISH -> {
                boolean with = step.has(ComparedScript.PROPERTIES) && script.protocol(step.client()) == Protocol.MQTT_5;
                byte[][] properties = with
                        ? new byte[][] {Property.userProperty("k", "v"), Property.contentType("text")}
                        : new byte[0][];
                client(step)
                        .publish(topic(step), step.payload(), step.qos(), step.has(ComparedScript.RETAIN), properties);
                awaitPublished(step.payload());
            }
            case DISCONNECT -> gone(step).disconnect();
            case BREAK_OFF -> {
                gone(step).breakOff();
                awaitPublished(String.valueOf(wills.get(step.client())));
            }
        }
    }

    /** It has reached those who subscribe, of whom the conductor is one. */
    private void awaitPublished(String payload) throws IOException {
        while (!conductor.message().payload().equals(payload)) {
            // What was published before.
        }
    }

    private void connect(Step step) throws IOException {
        Protocol protocol = script.protocol(step.client());
        Connect connect = new Connect(protocol, root.replace('/', '-') + step.client())
                .will(topic(step), step.payload(), step.qos(), step.has(ComparedScript.RETAIN));
        if (!step.has(ComparedScript.CLEAN)) {
            connect.persistent();
        }
        RawClient client = new RawClient(port);
        client.connect(connect);
        clients.put(step.client(), client);
        wills.put(step.client(), step.payload());
        saw(step, "session present " + client.connAck().isSessionPresent());
        client.subscribe(root + "/s/" + step.client(), 1);
    }

    private void mark() throws IOException {
        String mark = "mark" + ++marks;
        for (Map.Entry<String, RawClient> entry : clients.entrySet()) {
            String topic = root + "/s/" + entry.getKey();
            conductor.publish(topic, mark, 1, false);
            List<String> retained = new ArrayList<>();
            List<String> live = new ArrayList<>();
            ReceivedMessage message = entry.getValue().message();
            for (; !message.payload().equals(mark); message = entry.getValue().message()) {
                if (!message.topic().startsWith(root + "/s/")) {
                    (message.retain() ? retained : live).add(line(message));
                }
            }
            // In no particular order.
            retained.sort(null);
            retained.forEach(line -> seen.add("  " + entry.getKey() + " " + line));
            live.forEach(line -> seen.add("  " + entry.getKey() + " " + line));
        }
    }

    private String line(ReceivedMessage message) {
        return "%s '%s' qos %d%s%s"
                .formatted(
                        message.topic().substring(root.length() + 3),
                        message.payload(),
                        message.qos(),
                        message.retain() ? " retained" : "",
                        message.properties().all(Property.USER_PROPERTY).toString()
                                + message.properties().all(Property.CONTENT_TYPE));
    }

    private void saw(Step step, String what) {
        seen.add("  " + step.client() + " " + what);
    }

    private String topic(Step step) {
        return root + "/m/" + step.text();
    }

    private RawClient client(Step step) {
        RawClient client = clients.get(step.client());
        if (client == null) {
            throw new IllegalStateException(step + ": not connected");
        }
        return client;
    }

    private RawClient gone(Step step) {
        RawClient client = client(step);
        clients.remove(step.client());
        return client;
    }

    @Override
    public void close() throws IOException {
        for (RawClient client : clients.values()) {
            client.close();
        }
        conductor.close();
    }
}
