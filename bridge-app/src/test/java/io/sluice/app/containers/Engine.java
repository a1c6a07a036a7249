package io.sluice.app.containers;

import com.github.dockerjava.api.exception.NotFoundException;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;

/** The engine that runs containers, and what it lacks for these tests. */
final class Engine {

    private static final String SLUICE_IMAGE = System.getProperty("containers.sluice", "");
    private static final String KAFKA_IMAGE = System.getProperty("containers.kafka", "");

    private Engine() {}

    static DockerImageName sluiceImage() {
        return DockerImageName.parse(SLUICE_IMAGE);
    }

    static DockerImageName kafkaImage() {
        return DockerImageName.parse(KAFKA_IMAGE).asCompatibleSubstituteFor("apache/kafka");
    }

    /** Whether containers are on the machine's own network, as an engine without a bridge has it. */
    static boolean isOnHostNetwork() {
        return switch (System.getProperty("containers.network", "bridge")) {
            case "bridge" -> false;
            case "host" -> true;
            default ->
                throw new IllegalArgumentException("-Dcontainers.network=" + System.getProperty("containers.network")
                        + " (expected: bridge or host)");
        };
    }

    /** What is missing, and how it is got; empty when the tests can run. */
    static Optional<String> missing() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return Optional.of("no Docker engine answers (expected: one at DOCKER_HOST or /var/run/docker.sock)");
        }
        if (!isHere(SLUICE_IMAGE)) {
            return Optional.of(
                    "the engine has no image " + SLUICE_IMAGE + " (expected: mvn -Pimage -DskipTests -DskipITs"
                            + " -pl bridge-app -am verify && docker load -i bridge-app/target/sluice-image.tar;"
                            + " or another one by -Dcontainers.sluice=IMAGE)");
        }
        if (!isHere(KAFKA_IMAGE)) {
            try {
                new RemoteDockerImage(DockerImageName.parse(KAFKA_IMAGE)).get();
            } catch (ContainerFetchException unreachable) {
                return Optional.of("the engine has no image " + KAFKA_IMAGE + ", and cannot pull it: "
                        + unreachable.getMessage() + " (expected: docker pull " + KAFKA_IMAGE
                        + "; or another one by -Dcontainers.kafka=IMAGE)");
            }
        }
        return Optional.empty();
    }

    private static boolean isHere(String image) {
        try {
            DockerClientFactory.lazyClient().inspectImageCmd(image).exec();
            return true;
        } catch (NotFoundException unknown) {
            return false;
        }
    }
}
