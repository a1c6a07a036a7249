package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.ClientProgram.Place;
import io.sluice.app.it.ClientProgram.Subscribing;
import io.sluice.mqtt.spec.Conforms;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients as people start them from a shell, in MQTT 3.1.1 and 5, over TCP and WebSocket where they can. */
@ExtendWith(SluiceExtension.class)
final class CommandLineClientsIT {

    private record Running(Process process, BufferedReader lines) {}

    private final List<Process> started = new ArrayList<>();

    static Stream<Arguments> clients() {
        List<Arguments> all = new ArrayList<>();
        for (ClientProgram program : ClientProgram.values()) {
            for (int version : new int[] {4, 5}) {
                all.add(Arguments.of(program, version, false));
                if (program.hasWebSocket()) {
                    all.add(Arguments.of(program, version, true));
                }
            }
        }
        return all.stream();
    }

    static Stream<Arguments> clientsWithSessions() {
        return clients().filter(arguments -> ((ClientProgram) arguments.get()[0]).hasSessions());
    }

    @AfterEach
    void stop() {
        for (Process process : started) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private static void assumeInstalled(ClientProgram program) {
        Assumptions.assumeTrue(program.isInstalled(), () -> program + " is not installed: " + program.source());
    }

    private static Place place(RunningSluice sluice, int version, boolean webSocket) {
        return new Place(webSocket ? sluice.wsPort() : sluice.tcpPort(), webSocket, version);
    }

    @ParameterizedTest(name = "{0}, MQTT level {1}, WebSocket: {2}")
    @MethodSource("clients")
    @Conforms(mqtt3 = "7.0.0-2")
    void qosRetainedAndWill(ClientProgram program, int version, boolean webSocket, RunningSluice sluice)
            throws Exception {
        assumeInstalled(program);
        Place place = place(sluice, version, webSocket);
        for (int qos = 0; qos <= 2; qos++) {
            String topic = sluice.topic();
            try (RawClient watcher = sluice.connect(Protocol.MQTT_3_1_1)) {
                watcher.subscribe(topic + "/will", 1);
                // Acknowledged, so that it is there when somebody subscribes.
                run(program.publish(place, topic, Math.max(1, qos), true, "retained"));
                Running subscriber = start(program.subscribe(
                        place, new Subscribing(sluice.unique("p"), topic, qos, false, topic + "/will")));
                assertThat(subscriber.lines().readLine()).isEqualTo("retained");
                run(program.publish(place, topic, qos, false, "live"));
                assertThat(subscriber.lines().readLine()).isEqualTo("live");
                subscriber.process().destroyForcibly();

                assertThat(watcher.message().payload()).isEqualTo("gone");
            }
        }
    }

    @ParameterizedTest(name = "{0}, MQTT level {1}, WebSocket: {2}")
    @MethodSource("clientsWithSessions")
    void reconnect(ClientProgram program, int version, boolean webSocket, RunningSluice sluice) throws Exception {
        assumeInstalled(program);
        Place place = place(sluice, version, webSocket);
        String topic = sluice.topic();
        Subscribing subscribing = new Subscribing(sluice.unique("p"), topic, 1, true, topic + "/will");
        run(program.publish(place, topic, 1, true, "retained"));
        Running first = start(program.subscribe(place, subscribing));
        assertThat(first.lines().readLine()).isEqualTo("retained");
        try (RawClient watcher = sluice.connect(Protocol.MQTT_3_1_1)) {
            watcher.subscribe(topic + "/will", 1);
            first.process().destroyForcibly();
            assertThat(watcher.message().payload()).isEqualTo("gone");
        }
        run(program.publish(place, topic, 1, false, "while away"));

        Running second = start(program.subscribe(place, subscribing));

        // The subscription is made again, so that the retained message comes again, before or after.
        assertThat(List.of(second.lines().readLine(), second.lines().readLine()))
                .containsExactlyInAnyOrder("while away", "retained");
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        Running running = start(command);
        assertThat(running.process().waitFor(20, TimeUnit.SECONDS))
                .as("%s ends", command)
                .isTrue();
        assertThat(running.process().exitValue()).as("exit of %s", command).isZero();
    }

    private Running start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(process);
        return new Running(process, process.inputReader(UTF_8));
    }
}
