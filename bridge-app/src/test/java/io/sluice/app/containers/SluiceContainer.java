package io.sluice.app.containers;

import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** Sluice's image as people run it: any user, a root file system that is read-only. */
final class SluiceContainer extends GenericContainer<SluiceContainer> {

    private static final int MQTT = 1883;
    private static final int MANAGEMENT = 8080;
    private static final Duration START_MAX = Duration.ofMinutes(2);
    private static final Duration STOP_MAX = Duration.ofSeconds(60);

    SluiceContainer(String bootstrapServers) {
        super(Engine.sluiceImage());
        withEnv("SLUICE_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers);
        withEnv("SLUICE_DRAIN_DELAY", "1s");
        withCreateContainerCmdModifier(command -> {
            command.withUser("12345:0");
            Objects.requireNonNull(command.getHostConfig()).withReadonlyRootfs(true);
        });
        withTmpFs(Map.of("/tmp", "rw"));
        waitingFor(Wait.forHttp("/ready").forPort(MANAGEMENT).withStartupTimeout(START_MAX));
        if (Engine.isOnHostNetwork()) {
            withNetworkMode("host");
        } else {
            withExposedPorts(MQTT, MANAGEMENT);
        }
    }

    @Override
    public Integer getMappedPort(int port) {
        return Engine.isOnHostNetwork() ? Integer.valueOf(port) : super.getMappedPort(port);
    }

    int mqttPort() {
        return getMappedPort(MQTT);
    }

    /** What it counts, in Prometheus' text. */
    List<String> metrics() throws IOException, InterruptedException {
        URI page = URI.create("http://" + getHost() + ":" + getMappedPort(MANAGEMENT) + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                .body()
                .lines()
                .toList();
    }

    /** Tells it to stop, as {@code docker stop} and Kubernetes do, and returns what it ended with. */
    ContainerState terminate() {
        getDockerClient()
                .stopContainerCmd(getContainerId())
                .withTimeout((int) STOP_MAX.toSeconds())
                .exec();
        return getDockerClient().inspectContainerCmd(getContainerId()).exec().getState();
    }
}
